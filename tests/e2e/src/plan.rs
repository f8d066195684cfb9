//! The requests of an upload by their names, for devcloud's fault plan and for counting.

use devcloud::faults::{Action, Faults, Rule};
use devcloud::service::Service;

/// Some of an upload's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests {
    service: Service,
    method: &'static str,
    path: &'static str,
}

/// A segment of 1 MiB on its way to the store: those of tests, not those of the canary.
pub const SEGMENT_PUT: Requests = Requests {
    service: Service::Object,
    method: "PUT",
    path: "/v1/*/slipway-uploads/s/**-1048576",
};
/// A segment of 32 MiB on its way to the store.
pub const LARGE_SEGMENT_PUT: Requests = Requests {
    service: Service::Object,
    method: "PUT",
    path: "/v1/*/slipway-uploads/s/**-33554432",
};
/// A manifest on its way to the store.
pub const MANIFEST: Requests =
    Requests { service: Service::Object, method: "PUT", path: "/v1/*/slipway-uploads/m/**" };
/// What is in the container?
pub const LISTING: Requests =
    Requests { service: Service::Object, method: "GET", path: "/v1/*/slipway-uploads" };
/// The cloud fetches what was put together.
pub const WEB_DOWNLOAD: Requests =
    Requests { service: Service::Object, method: "GET", path: "/v1/*/slipway-uploads/m/**" };
/// The record of the image is made.
pub const RECORD: Requests =
    Requests { service: Service::Image, method: "POST", path: "/v2/images" };
/// The cloud is told to fetch.
pub const IMPORT: Requests =
    Requests { service: Service::Image, method: "POST", path: "/v2/images/*/import" };

impl Requests {
    /// What happens to every one of them.
    pub fn meet(self, action: Action) -> Rule {
        Rule::new(self.service, self.method, self.path, action)
    }

    /// Counts them from now on, or goes on counting.
    pub fn count(self, faults: &Faults) {
        let rule = self.harmless();
        if faults.accounts().iter().all(|account| account.rule != rule) {
            faults.add(rule);
        }
    }

    /// How many there were since [`Requests::count`].
    pub fn seen(self, faults: &Faults) -> u64 {
        faults.seen(&self.harmless())
    }

    fn harmless(self) -> Rule {
        self.meet(Action::Delay { ms: 0 })
    }
}

/// The cloud answers with that status, in the words of its service.
pub fn refused(status: u16) -> Action {
    Action::Status {
        status,
        message: "Injected by a test.".to_owned(),
        headers: std::collections::BTreeMap::new(),
    }
}
