//! `/config.json`: which clouds this console serves and how.
//!
//! Reading is strict about what would make the app useless (no cloud, an address that is none) and
//! says where; unknown keys are left alone, so that an older build takes a newer file. Secrets have
//! no place in it: everybody can read it.

use std::collections::BTreeMap;

use openstack::Service;
use serde::Deserialize;

use crate::address::{Address, is_own_path};

/// The file, read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Config {
    /// The product's name, in titles and on the sign-in page.
    #[serde(default = "default_product_name")]
    pub product_name: String,
    /// The clouds to sign in to; at least one.
    #[serde(default)]
    pub clouds: Vec<CloudConfig>,
    /// What images may be.
    #[serde(default)]
    pub images: ImagePolicy,
    /// The smallest boot volume that the clouds accept, in GiB.
    #[serde(default)]
    pub smallest_boot_volume_gib: Option<u32>,
    /// What storing images costs.
    #[serde(default)]
    pub price: Option<Price>,
    /// How large the segments of an upload are, in MiB (`docs/uploads.md`): 32 unless a cloud needs another size. At
    /// least 1, as Swift slows down the reading of smaller ones; at most 1024.
    #[serde(default = "default_segment_mib", deserialize_with = "segment_mib")]
    pub upload_segment_mib: u64,
    /// The address of a picture that takes the place of our mark; same origin.
    #[serde(default)]
    pub logo: Option<String>,
}

/// One cloud.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CloudConfig {
    /// A short name that stays the same, for what the browser remembers.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Keystone's address; `/identity/v3` when the cloud is behind this origin.
    pub auth_url: String,
    /// The region to start in; else the catalog's first.
    #[serde(default)]
    pub region: Option<String>,
    /// The domain that users are in unless they say otherwise.
    #[serde(default = "default_domain")]
    pub default_domain: String,
    /// Addresses that take the place of the catalog's, for gateways on this origin. They hold for
    /// `region`. `{project_id}` stands for the project.
    #[serde(default)]
    pub endpoints: BTreeMap<Service, String>,
}

/// What images may be here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ImagePolicy {
    /// Which visibilities the create form offers.
    pub visibilities: Vec<String>,
    /// Which architectures the cloud has.
    pub architectures: Vec<String>,
}

impl Default for ImagePolicy {
    fn default() -> Self {
        Self { visibilities: vec!["private".to_owned()], architectures: vec!["x86_64".to_owned()] }
    }
}

/// What storing images costs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Price {
    /// One GB (10⁹ bytes) for one hour.
    pub image_gb_hour: f64,
    /// In what: `SEK`.
    pub currency: String,
}

/// Why there is no usable configuration. `text/errors.rs` makes words of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// It could not be fetched at all; the browser's words.
    Unreachable(String),
    /// The server answered with this status.
    Status(u16),
    /// A web page came instead: hosting that answers every unknown address with the app.
    WebPage,
    /// It is not JSON, or a value has the wrong form. Line and column count from 1.
    Malformed {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What was expected.
        why: String,
    },
    /// `clouds` is missing or empty.
    NoClouds,
    /// Two clouds have the same id.
    SameId(String),
    /// A cloud's `auth_url` is neither a web address nor a path of this origin.
    AuthUrl {
        /// The cloud's id.
        cloud: String,
        /// What stands there.
        url: String,
    },
    /// An address that takes the place of the catalog's is neither a web address nor a path of this origin.
    Endpoint {
        /// The cloud's id.
        cloud: String,
        /// What stands there.
        url: String,
    },
    /// `logo` is no path of this origin.
    Logo(String),
}

impl Config {
    /// Reads the file's text.
    ///
    /// # Errors
    /// When it is not JSON of the right form, or names no cloud that could be reached.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.trim_start().starts_with('<') {
            return Err(ConfigError::WebPage);
        }
        let config: Self = serde_json::from_str(text).map_err(|error| ConfigError::Malformed {
            line: error.line(),
            column: error.column(),
            why: reason(&error.to_string()),
        })?;
        config.check()?;
        Ok(config)
    }

    /// The cloud of this id, or the first one.
    pub fn cloud(&self, id: Option<&str>) -> Option<&CloudConfig> {
        let by_id = id.and_then(|id| self.clouds.iter().find(|cloud| cloud.id == id));
        by_id.or_else(|| self.clouds.first())
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.clouds.is_empty() {
            return Err(ConfigError::NoClouds);
        }
        for (at, cloud) in self.clouds.iter().enumerate() {
            if self.clouds.iter().take(at).any(|other| other.id == cloud.id) {
                return Err(ConfigError::SameId(cloud.id.clone()));
            }
            let (id, url) = (cloud.id.clone(), cloud.auth_url.clone());
            if !leads_somewhere(&url) {
                return Err(ConfigError::AuthUrl { cloud: id, url });
            }
            if let Some(url) = cloud.endpoints.values().find(|url| !leads_somewhere(url)) {
                return Err(ConfigError::Endpoint { cloud: id, url: url.clone() });
            }
        }
        match &self.logo {
            // The page's policy loads pictures from here alone; another origin would be told who looks.
            Some(logo) if !is_own_path(logo) => Err(ConfigError::Logo(logo.clone())),
            _ => Ok(()),
        }
    }
}

/// Requests go there, with a password or a token: only by http(s), or to this origin.
fn leads_somewhere(url: &str) -> bool {
    is_own_path(url) || Address::parse(url).is_ok()
}

fn default_product_name() -> String {
    "Slipway".to_owned()
}

fn default_segment_mib() -> u64 {
    32
}

fn segment_mib<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let mib = u64::deserialize(from)?;
    if (1..=1024).contains(&mib) {
        return Ok(mib);
    }
    Err(serde::de::Error::custom("upload_segment_mib is between 1 and 1024"))
}

fn default_domain() -> String {
    "Default".to_owned()
}

/// serde_json ends its sentence with the place, which we say ourselves.
fn reason(error: &str) -> String {
    error.rsplit_once(" at line ").map_or(error, |(why, _)| why).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError};

    const DEVCLOUD: &str = r#"{
        "product_name": "Slipway",
        "clouds": [{"id": "devcloud", "name": "devcloud", "auth_url": "/identity/v3", "region": "dev-1",
                    "endpoints": {"image": "/image/v2", "object-store": "/object-store/v1/AUTH_{project_id}"}}],
        "price": {"image_gb_hour": 0.0012, "currency": "SEK"},
        "a key of next year": true
    }"#;

    /// Neither a web address nor a path of this origin; what runs when it is opened, too.
    const NO_ADDRESSES: [&str; 10] = [
        "",
        "identity/v3",
        "//keystone.example",
        "/\\\\keystone.example",
        "ftp://keystone.example",
        "javascript:alert(1)",
        "javascript://keystone.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "blob:https://keystone.example/1",
        "https://demo:secret@keystone.example/v3",
    ];

    fn with(member: &str) -> Result<Config, ConfigError> {
        Config::parse(&DEVCLOUD.replacen('{', &format!("{{{member},"), 1))
    }

    #[test]
    fn a_logo_is_a_path_of_this_origin() {
        assert!(with(r#""logo": "/our/logo.svg?v=2""#).is_ok());
        for wrong in NO_ADDRESSES.into_iter().chain(["https://elsewhere.example/logo.svg"]) {
            let expected = Err(ConfigError::Logo(wrong.replace("\\\\", "\\")));
            assert_eq!(with(&format!(r#""logo": "{wrong}""#)), expected);
        }
    }

    #[test]
    fn addresses_in_place_of_the_catalogs_are_addresses() {
        for wrong in NO_ADDRESSES {
            let text = DEVCLOUD.replacen("/image/v2", wrong, 1);
            let url = wrong.replace("\\\\", "\\");
            let expected = Err(ConfigError::Endpoint { cloud: "devcloud".into(), url });
            assert_eq!(Config::parse(&text), expected, "{text}");
        }
    }

    #[test]
    fn words_stay_words() {
        let hostile = "</title><script>alert(1)</script>";
        let text = DEVCLOUD.replacen("Slipway", hostile, 1);
        assert_eq!(Config::parse(&text).map(|config| config.product_name), Ok(hostile.to_owned()));
    }

    #[test]
    fn a_complete_file_is_read_and_defaults_are_filled_in() {
        let config = Config::parse(DEVCLOUD).unwrap();
        assert_eq!(config.images.visibilities, ["private"]);
        assert_eq!(config.cloud(Some("gone")).unwrap().default_domain, "Default");
        assert_eq!(config.clouds[0].endpoints.len(), 2);
        assert_eq!(config.upload_segment_mib, 32);
    }

    #[test]
    fn the_size_of_segments_has_bounds() {
        let check = |mib: &str, expected: Option<u64>| {
            let text = DEVCLOUD.replacen('{', &format!("{{\"upload_segment_mib\": {mib},"), 1);
            assert_eq!(Config::parse(&text).ok().map(|c| c.upload_segment_mib), expected, "{mib}");
        };
        check("1", Some(1));
        check("1024", Some(1024));
        for wrong in ["0", "1025", "-1", "0.5", "null"] {
            check(wrong, None);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |text: &str, expected: ConfigError| {
            assert_eq!(Config::parse(text), Err(expected), "{text}")
        };
        check("<!doctype html><title>Slipway</title>", ConfigError::WebPage);
        check("{}", ConfigError::NoClouds);
        check(r#"{"clouds": []}"#, ConfigError::NoClouds);
        let broken = Config::parse("{\n  \"clouds\": [\n").unwrap_err();
        assert!(matches!(broken, ConfigError::Malformed { line: 3, .. }), "{broken:?}");
        let missing = Config::parse(r#"{"clouds": [{"id": "a"}]}"#).unwrap_err();
        assert!(
            matches!(missing, ConfigError::Malformed { why, .. } if why == "missing field `name`")
        );
        let url = |url: &str| {
            format!(r#"{{"clouds": [{{"id": "a", "name": "A", "auth_url": "{url}"}}]}}"#)
        };
        for wrong in NO_ADDRESSES {
            let said = wrong.replace("\\\\", "\\");
            check(&url(wrong), ConfigError::AuthUrl { cloud: "a".into(), url: said });
        }
        let twice = r#"{"clouds": [{"id": "a", "name": "A", "auth_url": "/i"}, {"id": "a", "name": "B", "auth_url": "/i"}]}"#;
        check(twice, ConfigError::SameId("a".into()));
    }
}
