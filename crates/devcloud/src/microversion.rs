//! Microversions: one number of a service's interface per request, named by the caller
//! (<https://docs.openstack.org/api-guide/compute/microversions.html>).

use std::fmt;

use axum::http::HeaderMap;

/// `major.minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Microversion {
    /// 2 for Nova, 3 for Cinder.
    pub major: u32,
    /// Grows with every change of the interface.
    pub minor: u32,
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What one service speaks.
pub struct Supported {
    /// Its word in the `OpenStack-API-Version` header.
    pub service: &'static str,
    /// Its header from before there was a common one.
    pub legacy_header: Option<&'static str>,
    /// The oldest, taken when the caller names none.
    pub least: Microversion,
    /// The newest.
    pub most: Microversion,
}

/// What the caller asked for, when it cannot be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Not a version: 400.
    Malformed(String),
    /// A version that is not spoken: 406.
    OutOfRange(Microversion),
}

impl Supported {
    /// The version that the caller wants.
    pub fn negotiate(&self, headers: &HeaderMap) -> Result<Microversion, Refused> {
        let common =
            headers.get_all("openstack-api-version").iter().filter_map(|value| value.to_str().ok());
        let ours = common
            .flat_map(|value| value.split(','))
            .filter_map(|entry| entry.trim().split_once(' '))
            .find(|(service, _)| service.eq_ignore_ascii_case(self.service))
            .map(|(_, version)| version.trim());
        let legacy = || headers.get(self.legacy_header?)?.to_str().ok().map(str::trim);
        let Some(asked) = ours.or_else(legacy) else { return Ok(self.least) };
        if asked.eq_ignore_ascii_case("latest") {
            return Ok(self.most);
        }
        let version = parse(asked).ok_or_else(|| Refused::Malformed(asked.to_owned()))?;
        if version < self.least || version > self.most {
            return Err(Refused::OutOfRange(version));
        }
        Ok(version)
    }
}

/// `^([1-9]\d*)\.([1-9]\d*|0)$`, as both services have it.
fn parse(text: &str) -> Option<Microversion> {
    let (major, minor) = text.split_once('.')?;
    let number = |part: &str, zero: bool| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let plain = digits && (!part.starts_with('0') || (zero && part == "0"));
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    Some(Microversion { major: number(major, false)?, minor: number(minor, true)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOVA: Supported = Supported {
        service: "compute",
        legacy_header: Some("x-openstack-nova-api-version"),
        least: Microversion { major: 2, minor: 1 },
        most: Microversion { major: 2, minor: 104 },
    };

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Result<&str, Refused>) {
        let map = headers
            .iter()
            .map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().unwrap())
            })
            .collect();
        assert_eq!(
            NOVA.negotiate(&map).map(|version| version.to_string()),
            expected.map(str::to_owned)
        );
    }

    #[test]
    fn negotiates_as_nova_does() {
        check(&[], Ok("2.1"));
        check(&[("openstack-api-version", "compute 2.95")], Ok("2.95"));
        check(&[("openstack-api-version", "volume 3.9, compute 2.5")], Ok("2.5"));
        check(&[("openstack-api-version", "compute latest")], Ok("2.104"));
        check(&[("x-openstack-nova-api-version", "2.60")], Ok("2.60"));
        let out = Refused::OutOfRange(Microversion { major: 9, minor: 9 });
        check(&[("openstack-api-version", "compute 9.9")], Err(out));
        let malformed = |text: &str| Err(Refused::Malformed(text.to_owned()));
        check(&[("openstack-api-version", "compute nonsense")], malformed("nonsense"));
        check(&[("openstack-api-version", "compute 2.01")], malformed("2.01"));
    }
}
