//! What was done to a server, as it is kept.

use serde::{Deserialize, Serialize};

use crate::records::{Micros, Record};

/// Something that was done to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The row's id: server and request.
    pub id: String,
    /// The server.
    pub server_id: String,
    /// Its project.
    pub project_id: String,
    /// The request that did it.
    pub request_id: String,
    /// Who did it.
    pub user_id: String,
    /// `create`, `stop` …
    pub action: String,
    /// When.
    pub start: Micros,
    /// When it last moved.
    pub updated: Micros,
    /// Set when it failed.
    pub message: Option<String>,
    /// The steps on the host.
    pub events: Vec<Event>,
}

/// One step of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// `compute__do_build_and_run_instance` …
    pub event: String,
    /// When it began.
    pub start: Micros,
    /// When it ended.
    pub finish: Option<Micros>,
    /// `Success` or `Error`.
    pub result: Option<String>,
    /// What went wrong (shown from 2.84).
    pub details: Option<String>,
}

impl Record for Action {
    const TABLE: &'static str = "compute_action";

    fn id(&self) -> &str {
        &self.id
    }

    fn project_id(&self) -> &str {
        &self.project_id
    }
}
