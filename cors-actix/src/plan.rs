//! The plan: everything that follows from the configuration alone, merged and checked once.

mod region;

use std::{collections::HashMap, sync::Arc};

use actix_web::dev::ResourceDef;
use cors_core::{ConfigError, MergeFault, Merged, Merger, Policy, Role, Site, Source};

use crate::{
    compiled::{Compiled, RoutePolicy},
    cors::{Config, Layer},
    errors::Problem,
    handler::RouteInfo,
    pattern::Pattern,
    reject::OwnOrigins,
};

/// The merged configuration, shared by all workers.
#[derive(Debug)]
pub(crate) struct Plan {
    /// 0 is outside of all regions: the app default
    regions: Vec<Region>,
    nobody: Arc<Compiled>,
    /// has seen all layers but the routes'
    merger: Merger,
    /// what is wrong with the configuration itself
    pub(crate) problems: Vec<Problem>,
}

#[derive(Debug)]
struct Region {
    pattern: Pattern,
    /// `None`: its pattern is malformed
    matcher: Option<ResourceDef>,
    /// `None`: left to what stands inside
    policy: Option<(Merged, Arc<Compiled>)>,
    is_final_off: bool,
}

/// The policy's address, its site, and the region; the App's routes keep the policy.
type RouteKey = (usize, Site, usize);

/// Merges the policies of one App's routes, each with the regions that it can meet.
pub(crate) struct RouteMerger<'p> {
    plan: &'p Plan,
    merger: Merger,
    /// by the policy's address, site and region; `None` is an error, which has been told
    merged: HashMap<RouteKey, Option<Outcome>>,
    problems: Vec<Problem>,
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
        let holds = |r: &Region| r.matcher.as_ref().is_some_and(|m| m.find_match(path).is_some());
        let inner = self.regions[1..].iter().rposition(holds);
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

    /// Begins to merge an App's routes.
    pub(crate) fn routes(&self) -> RouteMerger<'_> {
        RouteMerger {
            plan: self,
            merger: self.merger.clone(),
            merged: HashMap::new(),
            problems: self.problems.clone(),
        }
    }

    /// The regions that can apply to a path that the route matches.
    pub(crate) fn met_by(&self, route: &Pattern) -> Vec<usize> {
        let mut met = Vec::new();
        let well_formed = self.regions.iter().enumerate().filter(|(_, r)| r.matcher.is_some());
        for (index, region) in well_formed.rev() {
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
enum Outcome {
    Policy(Arc<Compiled>),
    /// it names origins, but the region is off
    Off,
}

impl RouteMerger<'_> {
    /// The policies of one route.
    pub(crate) fn route(&mut self, info: &RouteInfo, full: &str, pattern: &Pattern) -> RoutePolicy {
        if let Some((site, fault)) = info.method_fault() {
            let method = info.methods().unwrap_or_default().concat();
            let (pattern, site) = (full.to_owned(), site.clone());
            self.problems.push(Problem::RouteMethod { method, pattern, site, fault });
        }
        let met = self.plan.met_by(pattern);
        let all =
            |is: fn(&Region) -> bool| met.iter().all(|region| is(&self.plan.regions[*region]));
        let is_left = all(|region| region.policy.is_none());
        let is_off = all(|region| region.is_final_off);
        let route = Unmerged { info, full, is_off, told_before: self.problems.len() };
        if is_left {
            // what is not enforced is checked all the same, as outside of all regions
            self.merge(0, &route);
        }
        if let [one] = *met {
            return RoutePolicy::One(self.merge(one, &route));
        }
        let mut each = vec![Arc::clone(&self.plan.nobody); self.plan.regions.len()];
        for region in met.into_iter().rev() {
            each[region] = self.merge(region, &route);
        }
        RoutePolicy::ByRegion(each.into())
    }

    /// All that is wrong, also what only shows when all routes are known.
    pub(crate) fn finish(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.extend(self.merger.unused_sets().into_iter().map(Problem::Policy));
        problems
    }

    fn merge(&mut self, region: usize, route: &Unmerged<'_>) -> Arc<Compiled> {
        let nobody = Arc::clone(&self.plan.nobody);
        let place = &self.plan.regions[region];
        let Some((parent, off)) = &place.policy else { return nobody };
        let mut tell = |error| route.tell(error, &mut self.problems);
        let policy = route.info.policy();
        let key = (policy.address(), policy.site().clone(), region);
        let outcome = self.merged.entry(key).or_insert_with(|| {
            let merged = self.merger.below(parent, Role::Route, policy);
            let merged = merged.map_err(|errors| errors.into_iter().for_each(&mut tell)).ok()?;
            let is_off = place.is_final_off && !merged.grants().is_empty();
            Some(if is_off {
                Outcome::Off
            } else {
                Outcome::Policy(Arc::new(Compiled::new(merged)))
            })
        });
        match outcome {
            None => nobody,
            Some(Outcome::Off) => {
                if let Some(by) = parent.off().filter(|_| route.is_off) {
                    let route = Source { role: Role::Route, site: policy.site().clone() };
                    tell(ConfigError::new(&route, MergeFault::InsideOffRegion).beside(by));
                }
                Arc::clone(off)
            }
            Some(Outcome::Policy(compiled)) => {
                let methods = route.info.methods();
                let exceeded = self.merger.exceeds(compiled.policy.merged(), methods.as_deref());
                exceeded.into_iter().for_each(tell);
                Arc::clone(compiled)
            }
        }
    }
}

/// A route that is being merged.
struct Unmerged<'r> {
    info: &'r RouteInfo,
    full: &'r str,
    /// each region that it can meet is off
    is_off: bool,
    /// how many problems there were before
    told_before: usize,
}

impl Unmerged<'_> {
    /// Says once what may be wrong in many regions.
    fn tell(&self, error: ConfigError, problems: &mut Vec<Problem>) {
        let (pattern, handler) = (self.full.to_owned(), self.info.handler_name().to_owned());
        let problem = Problem::Route { pattern, handler, error };
        if !problems[self.told_before..].contains(&problem) {
            problems.push(problem);
        }
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
        let own = config.reject.iter().flat_map(OwnOrigins::problems);
        self.problems.extend(own);
        for set in &config.sets {
            let filled = self.merger.set(&set.name, &set.origins, set.site.clone());
            self.errors(filled.err().unwrap_or_default());
        }
        let empty = config.empty_ceilings.iter();
        self.problems.extend(empty.map(|site| Problem::EmptyCeiling { site: site.clone() }));
        for layer in &config.ceiling {
            self.layer(layer, Role::Ceiling, |merger, policy| merger.ceiling(policy));
        }
        let app = self.layer(&config.default, Role::App, |merger, policy| merger.app(policy));
        let nothing = Merged::nobody();
        let app = app.unwrap_or_else(|| nothing.clone());
        let mut regions = vec![Region {
            pattern: Pattern::new(""),
            matcher: Some(ResourceDef::root_prefix("")),
            policy: Some((app.clone(), Arc::new(Compiled::new(app.clone())))),
            is_final_off: false,
        }];
        for region in &config.regions {
            let pattern = Pattern::new(&region.pattern);
            let before = config.regions.iter().zip(&regions[1..]);
            let before = before.filter(|(_, region)| region.matcher.is_some());
            let before = before.map(|(config, region)| (config, &region.pattern));
            let matcher = region::matcher(region, &pattern, before, &mut self.problems);
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
                pattern,
                matcher,
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
        Plan { regions, nobody: Arc::new(Compiled::new(nothing)), merger, problems }
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
