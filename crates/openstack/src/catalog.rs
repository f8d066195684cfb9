//! The service catalog of a token (Keystone `token.catalog`): which URL serves which service in which region.
//!
//! Only the `public` interface is used: a browser reaches no other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoints, Service};

/// The catalog as Keystone sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalog {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    endpoints: Vec<CatalogEndpoint>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CatalogEndpoint {
    #[serde(default)]
    interface: String,
    // `region` is the older name of the same field; some clouds send only one of them.
    #[serde(default)]
    region_id: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    url: String,
}

impl CatalogEndpoint {
    fn region(&self) -> Option<&str> {
        self.region_id.as_deref().or(self.region.as_deref())
    }
}

impl Catalog {
    /// The regions that have a public endpoint, sorted.
    pub fn regions(&self) -> Vec<String> {
        let all: BTreeSet<&str> = self
            .entries
            .iter()
            .flat_map(|entry| &entry.endpoints)
            .filter(|endpoint| endpoint.interface == "public")
            .filter_map(CatalogEndpoint::region)
            .collect();
        all.into_iter().map(str::to_owned).collect()
    }

    /// Whether Keystone sent any entry: an unscoped token has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The base URL of every service in a region (`None`: whichever comes first). `overrides` win over the catalog, so
    /// that a gateway on the page's own origin works; in them `{project_id}` stands for the project.
    pub fn endpoints(
        &self,
        region: Option<&str>,
        overrides: &BTreeMap<Service, String>,
        project_id: &str,
    ) -> Endpoints {
        let mut endpoints = Endpoints::new();
        for service in Service::ALL {
            let url = match overrides.get(&service) {
                Some(template) => Some(template.replace("{project_id}", project_id)),
                None => self.public_url(service, region).map(str::to_owned),
            };
            if let Some(url) = url {
                endpoints.set(service, &url);
            }
        }
        endpoints
    }

    fn public_url(&self, service: Service, region: Option<&str>) -> Option<&str> {
        service.catalog_types().iter().find_map(|kind| {
            self.entries
                .iter()
                .filter(|entry| entry.kind == *kind)
                .flat_map(|entry| &entry.endpoints)
                .filter(|endpoint| endpoint.interface == "public" && !endpoint.url.is_empty())
                .find(|endpoint| region.is_none() || endpoint.region() == region)
                .map(|endpoint| endpoint.url.as_str())
        })
    }
}
