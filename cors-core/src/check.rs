//! The check of one policy's keys, each rule once.

mod lists;

pub(crate) use lists::faults;

use crate::{
    Base, Fault, Key, Keys, Layer, MAX_MAX_AGE, Names, Op, Place, PolicyError, PolicyErrors,
    layer::{Edit, GrantSpec, OptIns, Origins, Shape, Trust},
    name,
};

pub(crate) struct Check<'k> {
    keys: &'k Keys<'k>,
    place: Place,
    errors: Vec<PolicyError>,
}

impl<'k> Check<'k> {
    pub(crate) fn run(keys: &'k Keys<'k>, place: Place) -> Result<Layer, PolicyErrors> {
        let mut check = Check { keys, place, errors: Vec::new() };
        let layer = check.layer();
        check.errors.sort_by_key(|e| (e.key, e.index));
        match layer {
            Some(layer) if check.errors.is_empty() => Ok(layer),
            _ => Err(PolicyErrors(check.errors)),
        }
    }

    fn layer(&mut self) -> Option<Layer> {
        let keys = self.keys;
        let shape = self.shape();
        self.opt_ins();
        let trust = match (keys.off, keys.origins.map(|o| o.op), keys.inherit, keys.policy) {
            (true, ..) => self.off(),
            (_, Some(Op::Set), inherit, policy) => {
                let others = [(policy.is_some(), Key::Policy), (inherit, Key::Inherit)];
                for (_, other) in others.into_iter().filter(|(set, _)| *set) {
                    self.error(Key::Origins, Fault::OriginsBeside { other });
                }
                self.grant().map(Trust::Replace)
            }
            (_, _, true, Some(_)) => {
                self.error(Key::Policy, Fault::PolicyBesideInherit);
                self.edit();
                None
            }
            (_, _, true, None) => self.edit().map(Trust::Inherit),
            (_, _, false, Some(base)) => {
                let base = match base {
                    Base::Known(policy) => Some(policy.clone()),
                    Base::Unseen => None,
                };
                self.edit().map(|edit| Trust::Base(base, edit))
            }
            (_, origins, false, None) => {
                self.nothing_said(origins);
                None
            }
        };
        Some(Layer { trust: trust?, shape: shape? })
    }

    fn error(&mut self, key: Key, fault: Fault) {
        self.errors.push(PolicyError::new(key, fault));
    }

    /// None of `origins =`, `inherit`, `off`, `policy`.
    fn nothing_said(&mut self, origins: Option<Op>) {
        let keys = self.keys;
        if origins.is_some() {
            self.error(Key::Origins, Fault::NothingToExtend);
            self.grant();
            return;
        }
        let first = [
            (keys.credentials, Key::Credentials),
            (keys.allow_headers.is_some(), Key::AllowHeaders),
            (keys.expose_headers.is_some(), Key::ExposeHeaders),
            (keys.max_age.is_some(), Key::MaxAge),
            (keys.methods.is_some(), Key::Methods),
        ];
        let key = first.into_iter().find_map(|(set, key)| set.then_some(key));
        match key {
            Some(Key::Credentials) => {
                self.error(Key::Credentials, Fault::CredentialsWithoutOrigins { edit: false });
            }
            key => self.error(key.unwrap_or(Key::Origins), Fault::NoTrust),
        }
        if let Some(value) = keys.expose_headers {
            self.names(Key::ExposeHeaders, value, name::response_header);
        }
    }

    fn off(&mut self) -> Option<Trust> {
        let keys = self.keys;
        let trust = [
            (keys.origins.is_some(), Key::Origins),
            (keys.credentials, Key::Credentials),
            (keys.expose_headers.is_some(), Key::ExposeHeaders),
            (keys.policy.is_some(), Key::Policy),
            (keys.inherit, Key::Inherit),
        ];
        let shape = [
            (keys.allow_headers.is_some(), Key::AllowHeaders),
            (keys.max_age.is_some(), Key::MaxAge),
            (keys.methods.is_some(), Key::Methods),
        ];
        for (_, key) in trust.into_iter().filter(|(set, _)| *set) {
            self.error(key, Fault::BesideOff { key });
        }
        if self.place == Place::Handler {
            for (_, key) in shape.into_iter().filter(|(set, _)| *set) {
                self.error(key, Fault::ShapeBesideOff { key });
            }
        }
        Some(Trust::Off)
    }

    /// The new grant of `origins =` or `origins +=`.
    fn grant(&mut self) -> Option<GrantSpec> {
        let keys = self.keys;
        let opt_ins = OptIns {
            null_origin: keys.dangerously_allow_null_origin,
            insecure_origins: keys.dangerously_allow_insecure_origins,
            public_suffix: keys.dangerously_allow_public_suffix,
        };
        let origins = keys.origins.and_then(|value| self.origins(value, opt_ins));
        if keys.credentials && matches!(origins, Some(Origins::Any)) {
            self.error(Key::Credentials, Fault::AnyWithCredentials);
        }
        let expose = keys.expose_headers.map(|value| {
            if value.op == Op::Extend {
                self.error(Key::ExposeHeaders, Fault::ExposeExtendBesideOrigins);
            }
            self.names(Key::ExposeHeaders, value, name::response_header)
        });
        if keys.credentials && expose.as_ref().is_some_and(Names::is_any) {
            self.error(Key::ExposeHeaders, Fault::ExposeAnyWithCredentials);
        }
        Some(GrantSpec { origins: origins?, credentials: keys.credentials, expose, opt_ins })
    }

    /// What stands beside `inherit` or `policy`.
    fn edit(&mut self) -> Option<Edit> {
        let keys = self.keys;
        if keys.origins.is_some() {
            let add = self.grant()?;
            return Some(Edit { add: Some(add), expose: None });
        }
        if keys.credentials {
            self.error(Key::Credentials, Fault::CredentialsWithoutOrigins { edit: true });
        }
        let expose = keys
            .expose_headers
            .map(|v| (v.op, self.names(Key::ExposeHeaders, v, name::response_header)));
        Some(Edit { add: None, expose })
    }

    fn opt_ins(&mut self) {
        let keys = self.keys;
        let flags = [
            (keys.dangerously_allow_null_origin, Key::DangerouslyAllowNullOrigin),
            (keys.dangerously_allow_insecure_origins, Key::DangerouslyAllowInsecureOrigins),
            (keys.dangerously_allow_public_suffix, Key::DangerouslyAllowPublicSuffix),
        ];
        if keys.origins.is_none() {
            for (_, key) in flags.into_iter().filter(|(set, _)| *set) {
                self.error(key, Fault::OptInWithoutOrigins { key });
            }
        }
    }

    fn shape(&mut self) -> Option<Shape> {
        let keys = self.keys;
        let before = self.errors.len();
        let allow_headers = keys
            .allow_headers
            .map(|v| (v.op, self.names(Key::AllowHeaders, v, name::request_header)));
        let max_age = keys.max_age.map(|seconds| match u32::try_from(seconds) {
            Ok(seconds) if seconds <= MAX_MAX_AGE => seconds,
            _ => {
                let error = PolicyError::new(Key::MaxAge, Fault::MaxAge);
                self.errors.push(error.of(&seconds.to_string()));
                0
            }
        });
        if keys.methods.is_some() && self.place == Place::Handler {
            self.error(Key::Methods, Fault::MethodsOnHandler);
        }
        let methods = keys.methods.map(|v| (v.op, self.names(Key::Methods, v, name::method)));
        (self.errors.len() == before).then_some(Shape { allow_headers, max_age, methods })
    }
}
