//! Who holds the paths of a place in another version of the file, which may not name that place.

use super::{
    PlaceName,
    fact::{ANY, Fact, Facts, Policy},
    place::{EVERY, RouteName},
};
use crate::pattern::{Pattern, nameless};

/// One version of the file, ready to be asked.
pub(super) struct Version<'a> {
    pub(super) facts: &'a Facts,
    regions: Vec<(&'a str, Pattern)>,
    routes: Vec<(&'a RouteName, Pattern, &'a Policy)>,
}

impl<'a> Version<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        let mut version = Version { facts, regions: Vec::new(), routes: Vec::new() };
        for (place, policy) in facts {
            match place {
                PlaceName::App => {}
                PlaceName::Region(path) => version.regions.push((path, Pattern::new(path))),
                PlaceName::Route(_) if policy.contains(&Fact::Shadowed) => {}
                PlaceName::Route(name) => {
                    version.routes.push((name, Pattern::new(&name.path), policy));
                }
            }
        }
        version
    }

    /// What the file says about the place itself; a route that never runs holds nothing.
    pub(super) fn own(&self, place: &PlaceName) -> Option<&'a Policy> {
        self.facts.get(place).filter(|policy| !policy.contains(&Fact::Shadowed))
    }

    /// The policies of which one or the other holds here for what `place` stands for in `other`.
    /// Where that is not certain these are too many.
    pub(super) fn holders(&self, other: &Version<'_>, place: &PlaceName) -> Vec<Policy> {
        if let Some(policy) = self.own(place) {
            return vec![policy.clone()];
        }
        match place {
            PlaceName::App => vec![off()],
            PlaceName::Region(path) => {
                let homes = self.homes(other, path, Some(path));
                homes.into_iter().map(|home| self.default(home)).collect()
            }
            PlaceName::Route(route) => {
                let homes = self.homes(other, &route.path, route.region.as_deref());
                let asked = route.asked(other.facts.get(place));
                let each = homes.iter().flat_map(|home| asked.iter().map(move |m| (home, m)));
                each.flat_map(|(home, method)| self.serving(other, route, *home, method)).collect()
            }
        }
    }

    /// The regions in which paths of `path` may lie, `None` for outside of all. A region that both
    /// versions name keeps its own paths.
    fn homes(&self, other: &Version<'_>, path: &str, region: Option<&str>) -> Vec<Option<&'a str>> {
        let known = region.is_some_and(|region| self.facts.contains_key(&at(region)));
        let lost = region.is_some() && !known;
        let pattern = Pattern::new(path);
        let regions = self.regions.iter().filter(|(name, held)| {
            let may_lie = || held.may_hold(&pattern) || pattern.may_hold(held);
            region == Some(name) || (lost || !other.facts.contains_key(&at(name))) && may_lie()
        });
        let regions: Vec<_> = regions.collect();
        let outside = !known && !regions.iter().any(|(_, held)| held.holds(&pattern));
        regions.into_iter().map(|(name, _)| Some(*name)).chain(outside.then_some(None)).collect()
    }

    /// The policies of the routes that may serve a method of what `route` matches, and the default
    /// where there may be none.
    fn serving(
        &self,
        other: &Version<'_>,
        route: &RouteName,
        home: Option<&str>,
        method: &str,
    ) -> Vec<Policy> {
        let pattern = Pattern::new(&route.path);
        let meeting = self.routes.iter().filter(|(name, theirs, _)| {
            theirs.meets(&pattern) && name.region.as_deref() == home && name.serves(method)
        });
        let (alike, others): (Vec<_>, Vec<_>) =
            meeting.partition(|(name, ..)| nameless(&name.path) == nameless(&route.path));
        let policy_of = |(name, _, policy): &(&RouteName, Pattern, &Policy)| {
            if name.methods == EVERY { route.let_pass(method, policy) } else { (*policy).clone() }
        };
        if !alike.is_empty() {
            return alike.into_iter().map(policy_of).collect();
        }
        let taking = others.into_iter().filter(|(name, theirs, _)| {
            // a narrower route that stays keeps its own paths
            let stays = other.facts.contains_key(&PlaceName::Route((*name).clone()));
            !(pattern.holds(theirs) && stays)
        });
        let default = route.let_pass(method, &self.default(home));
        taking.map(policy_of).chain([default]).collect()
    }

    fn default(&self, home: Option<&str>) -> Policy {
        let place = home.map_or(PlaceName::App, at);
        self.facts.get(&place).cloned().unwrap_or_else(off)
    }
}

impl RouteName {
    fn serves(&self, method: &str) -> bool {
        self.methods == EVERY || self.methods.split(',').any(|own| own == method)
    }

    /// The methods that it can be asked for under a policy.
    fn asked(&self, policy: Option<&Policy>) -> Vec<String> {
        if self.methods != EVERY {
            return self.methods.split(',').map(str::to_owned).collect();
        }
        let listed = policy.into_iter().flatten().filter_map(|fact| match fact {
            Fact::Method(name) => Some(name.as_str()),
            _ => None,
        });
        ["GET", "HEAD", "POST"].into_iter().chain(listed).map(str::to_owned).collect()
    }

    /// What a policy that has a say about the method gives to this route.
    fn let_pass(&self, method: &str, policy: &Policy) -> Policy {
        let listed = |name: &str| policy.contains(&Fact::Method(name.to_owned()));
        let passes = cors_core::is_safelisted_method(method.as_bytes())
            || listed(method)
            || listed(ANY)
            || policy.contains(&Fact::Left);
        if !passes {
            return off();
        }
        let mut policy = policy.clone();
        policy.retain(|fact| self.methods == EVERY || !matches!(fact, Fact::Method(_)));
        policy
    }
}

fn at(region: &str) -> PlaceName {
    PlaceName::Region(region.to_owned())
}

fn off() -> Policy {
    Policy::from([Fact::Off])
}
