//! Web addresses as far as the console looks into them: scheme, host, port, the rest.
//!
//! Deliberately no full URL parser: whether an address is good is decided by who fetches it. The `url` crate's tables for
//! international host names alone are a tenth of what people would download.

/// An absolute `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The host as written, without port; never empty.
    pub host: &'a str,
    /// Where it differs from the scheme's own.
    pub port: Option<u16>,
    /// Path, query and fragment; empty or beginning with `/`, `?` or `#`.
    pub rest: &'a str,
}

/// Why text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAddress {
    /// It does not begin with a scheme and `//`, or has spaces in it.
    Form,
    /// Another scheme than `http` and `https`.
    Scheme,
    /// No host, or no good port.
    Host,
}

impl<'a> Address<'a> {
    /// Reads an address; scheme in any case, user names are refused (RFC 3986 section 3.2.1 deprecates them).
    ///
    /// # Errors
    /// Says what is wrong first.
    pub fn parse(text: &'a str) -> Result<Self, NoAddress> {
        let (scheme, after) = text.split_once("://").ok_or(NoAddress::Form)?;
        let is_scheme = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        };
        if !is_scheme(scheme) || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(NoAddress::Form);
        }
        let (scheme, own_port) = match scheme {
            s if s.eq_ignore_ascii_case("https") => ("https", 443),
            s if s.eq_ignore_ascii_case("http") => ("http", 80),
            _ => return Err(NoAddress::Scheme),
        };
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        // In `[::1]:80` only a colon behind the bracket begins a port.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let bracketed = host.starts_with('[') && host.ends_with(']');
        if host.is_empty() || host.contains('@') || (host.contains(':') && !bracketed) {
            return Err(NoAddress::Host);
        }
        let port = match port {
            None | Some("") => None,
            Some(port) => Some(port.parse().map_err(|_| NoAddress::Host)?),
        };
        Ok(Self { scheme, host, port: port.filter(|port| *port != own_port), rest })
    }
}

/// In one form, so that two spellings of one place are equal: host in small letters, no port that goes without saying.
impl std::fmt::Display for Address<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}://{}", self.scheme, self.host.to_ascii_lowercase())?;
        if let Some(port) = self.port {
            write!(out, ":{port}")?;
        }
        out.write_str(self.rest)
    }
}

/// Whether it is a path on the page's own origin. `//host`, `/\host` and tabs or line breaks, which browsers drop, would leave
/// it.
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.chars().any(|c| c == '\\' || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, NoAddress>) {
        let found = Address::parse(text).map(|address| address.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn paths_stay_on_this_origin() {
        let check = |path: &str, expected: bool| assert_eq!(is_own_path(path), expected, "{path}");
        check("/", true);
        check("/identity/v3", true);
        check("/images?tab=all#main", true);
        for other in [
            "",
            "identity",
            "//host/",
            "/\\host/",
            "/\t/host",
            "\n/v3",
            " /v3",
            "javascript:alert(1)",
        ] {
            check(other, false);
        }
    }

    #[test]
    fn addresses_are_told_from_what_is_none() {
        check("https://cloud.example:5000/v3", Ok("https://cloud.example:5000/v3"));
        check("HTTPS://Cloud.Example:443/V3?a=b#c", Ok("https://cloud.example/V3?a=b#c"));
        check("http://[::1]:8080", Ok("http://[::1]:8080"));
        check("http://[::1]", Ok("http://[::1]"));
        check("http://host:", Ok("http://host"));
        check("http://å.example/", Ok("http://å.example/"));
        check("", Err(NoAddress::Form));
        check("cloud.example/v3", Err(NoAddress::Form));
        check("https:/cloud.example", Err(NoAddress::Form));
        check("https://cloud example/", Err(NoAddress::Form));
        check("://cloud.example", Err(NoAddress::Form));
        check("ftp://cloud.example/", Err(NoAddress::Scheme));
        check("javascript://alert", Err(NoAddress::Scheme));
        check("https://", Err(NoAddress::Host));
        check("https:///v3", Err(NoAddress::Host));
        check("https://:5000/", Err(NoAddress::Host));
        check("https://host:70000/", Err(NoAddress::Host));
        check("https://host:five/", Err(NoAddress::Host));
        check("https://user:secret@host/", Err(NoAddress::Host));
        check("https://::1/", Err(NoAddress::Host));
    }
}
