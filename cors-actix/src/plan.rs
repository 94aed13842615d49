//! The plan: everything that follows from the configuration alone, merged and checked once.

mod region;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::dev::ResourceDef;
use cors_core::{ConfigError, MergeFault, Merged, Merger, Policy, Role, Site, Source};

use crate::{
    compiled::{Compiled, RoutePolicy},
    cors::{Config, Layer},
    errors::Problem,
    handler::RouteInfo,
    pattern::Pattern,
};

/// The merged configuration, and the route policies merged so far. Shared by all workers.
#[derive(Debug)]
pub(crate) struct Plan {
    /// 0 is outside of all regions: the app default
    regions: Vec<Region>,
    nobody: Arc<Compiled>,
    routes: Mutex<RouteMerger>,
    /// what is wrong with the configuration itself
    pub(crate) problems: Vec<Problem>,
}

#[derive(Debug)]
struct Region {
    pattern: Pattern,
    matcher: ResourceDef,
    /// `None`: left to what stands inside
    policy: Option<(Merged, Arc<Compiled>)>,
    is_final_off: bool,
}

/// The policy's address, its site, and the region.
type RouteKey = (usize, Site, usize);

#[derive(Debug)]
struct RouteMerger {
    merger: Merger,
    /// by the policy's address, site and region; the policy is kept so that its address stays its own
    merged: HashMap<RouteKey, (Policy, Result<Outcome, Vec<ConfigError>>)>,
    checked_sets: bool,
}

impl Plan {
    pub(crate) fn new(config: &Config) -> Plan {
        Build { merger: Merger::new(), problems: Vec::new() }.plan(config)
    }

    /// The region that applies to a path: the last one that matches; 0 is outside of all.
    pub(crate) fn region(&self, path: &str) -> usize {
        if self.regions.len() == 1 {
            return 0;
        }
        let inner = self.regions[1..].iter().rposition(|r| r.matcher.find_match(path).is_some());
        inner.map_or(0, |index| index + 1)
    }

    /// The policy of routes without `#[cors]` in a region.
    pub(crate) fn default(&self, region: usize) -> &Arc<Compiled> {
        let policy = self.regions.get(region).and_then(|region| region.policy.as_ref());
        policy.map_or(&self.nobody, |(_, compiled)| compiled)
    }

    /// Whether all below a path is left to what stands inside.
    pub(crate) fn is_left(&self, path: &str) -> bool {
        self.regions[self.region(path)].policy.is_none()
    }

    /// The policies of one route, merged with the regions that it can meet.
    pub(crate) fn route(
        &self,
        info: &RouteInfo,
        full: &str,
        pattern: &Pattern,
        problems: &mut Vec<Problem>,
    ) -> RoutePolicy {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut policy = |index: usize| routes.merge(self, index, info, full, pattern, problems);
        let regions: Vec<usize> = self.met_by(pattern);
        match &*regions {
            [one] => RoutePolicy::One(policy(*one)),
            _ => RoutePolicy::ByRegion((0..self.regions.len()).map(policy).collect()),
        }
    }

    /// The faults that only show when all routes are known.
    pub(crate) fn finish(&self, problems: &mut Vec<Problem>) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut routes.checked_sets, true) {
            problems.extend(routes.merger.unused_sets().into_iter().map(Problem::Policy));
        }
    }

    /// The regions that can apply to a path that the route matches.
    pub(crate) fn met_by(&self, route: &Pattern) -> Vec<usize> {
        let mut met = Vec::new();
        for (index, region) in self.regions.iter().enumerate().rev() {
            if index == 0 || region.pattern.may_hold(route) {
                met.push(index);
                if region.pattern.holds(route) {
                    break;
                }
            }
        }
        met
    }
}

/// What a route's policy comes to in a region; the route itself may exceed the ceiling still.
#[derive(Debug, Clone)]
enum Outcome {
    Policy(Arc<Compiled>),
    /// it names origins, but the region is off
    Off,
}

impl RouteMerger {
    fn merge(
        &mut self,
        plan: &Plan,
        region: usize,
        info: &RouteInfo,
        full: &str,
        pattern: &Pattern,
        problems: &mut Vec<Problem>,
    ) -> Arc<Compiled> {
        let policy = info.policy();
        let key = (policy.address(), policy.site().clone(), region);
        let place = &plan.regions[region];
        let Some((parent, off)) = &place.policy else { return Arc::clone(&plan.nobody) };
        let known = self.merged.get(&key).map(|(_, outcome)| outcome.clone());
        let is_known = known.is_some();
        let outcome = known.unwrap_or_else(|| {
            let merged = self.merger.below(parent, Role::Route, policy);
            let outcome = merged.map(|merged| {
                let is_off = place.is_final_off && !merged.grants().is_empty();
                if is_off { Outcome::Off } else { Outcome::Policy(Arc::new(Compiled::new(merged))) }
            });
            self.merged.insert(key, (policy.clone(), outcome.clone()));
            outcome
        });
        let (compiled, errors) = match outcome {
            Ok(Outcome::Off) => {
                let inside = place.pattern.holds(pattern).then(|| parent.off()).flatten();
                let error = inside.map(|by| {
                    let route = Source { role: Role::Route, site: policy.site().clone() };
                    ConfigError::new(&route, MergeFault::InsideOffRegion).beside(by)
                });
                (Arc::clone(off), Vec::from_iter(error))
            }
            Ok(Outcome::Policy(compiled)) => {
                let methods = info.methods();
                let errors = self.merger.exceeds(compiled.policy.merged(), methods.as_deref());
                (compiled, errors)
            }
            // they don't depend on the route
            Err(_) if is_known => (Arc::clone(&plan.nobody), Vec::new()),
            Err(faults) => (Arc::clone(&plan.nobody), faults),
        };
        problems.extend(errors.into_iter().map(|error| Problem::Route {
            pattern: full.to_owned(),
            handler: info.handler_name().to_owned(),
            error,
        }));
        compiled
    }
}

struct Build {
    merger: Merger,
    problems: Vec<Problem>,
}

impl Build {
    fn plan(mut self, config: &Config) -> Plan {
        if let Some(site) = &config.preflight_status_site
            && !config.preflight_status.is_success()
        {
            let (status, site) = (config.preflight_status.as_u16(), site.clone());
            self.problems.push(Problem::PreflightStatus { status, site });
        }
        for set in &config.sets {
            let filled = self.merger.set(&set.name, &set.origins, set.site.clone());
            self.errors(filled.err().unwrap_or_default());
        }
        for layer in &config.ceiling {
            self.layer(layer, Role::Ceiling, |merger, policy| merger.ceiling(policy));
        }
        let app = self.layer(&config.default, Role::App, |merger, policy| merger.app(policy));
        let nothing = Merged::nobody();
        let app = app.unwrap_or_else(|| nothing.clone());
        let mut regions = vec![Region {
            pattern: Pattern::new(""),
            matcher: ResourceDef::root_prefix(""),
            policy: Some((app.clone(), Arc::new(Compiled::new(app.clone())))),
            is_final_off: false,
        }];
        for (index, region) in config.regions.iter().enumerate() {
            let matcher = region::matcher(&config.regions[..=index], &mut self.problems);
            let role = Role::Region(region.pattern.as_str().into());
            let policy = region.policy.as_ref().map(|layer| {
                let merged = self.layer(layer, role.clone(), |merger, policy| {
                    merger.below(&app, role.clone(), policy)
                });
                let merged = merged.unwrap_or_else(|| nothing.clone());
                (merged.clone(), Arc::new(Compiled::new(merged)))
            });
            let says_off =
                |merged: &Merged| merged.off().is_some_and(|by| matches!(by.role, Role::Region(_)));
            regions.push(Region {
                pattern: Pattern::new(&region.pattern),
                matcher: matcher.unwrap_or_else(|| ResourceDef::root_prefix("")),
                is_final_off: policy.as_ref().is_some_and(|(merged, _)| says_off(merged)),
                policy,
            });
        }
        let over: Vec<_> = regions
            .iter()
            .filter_map(|r| r.policy.as_ref())
            .flat_map(|(merged, _)| self.merger.exceeds(merged, None))
            .collect();
        self.errors(over);
        let Build { merger, problems } = self;
        let routes = RouteMerger { merger, merged: HashMap::new(), checked_sets: false };
        let nobody = Arc::new(Compiled::new(nothing));
        Plan { regions, nobody, routes: Mutex::new(routes), problems }
    }

    fn layer<T>(
        &mut self,
        layer: &Layer,
        role: Role,
        merge: impl FnOnce(&mut Merger, &Policy) -> Result<T, Vec<ConfigError>>,
    ) -> Option<T> {
        match &layer.policy {
            Ok(policy) => match merge(&mut self.merger, policy) {
                Ok(merged) => return Some(merged),
                Err(errors) => self.errors(errors),
            },
            Err(faults) => {
                let source = Source { role, site: layer.site.clone() };
                self.errors(faults.iter().map(|f| ConfigError::new(&source, f.clone())).collect());
            }
        }
        None
    }

    fn errors(&mut self, errors: Vec<ConfigError>) {
        self.problems.extend(errors.into_iter().map(Problem::Policy));
    }
}
