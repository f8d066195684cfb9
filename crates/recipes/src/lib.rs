//! A launch as text for other tools, each of which makes the same servers: the `openstack` client, Terraform, curl.
//!
//! Pure. Everything is read off the request that the console itself would send ([`Launch::of`]), so that a field cannot be
//! in one and missing in the other. Passwords are never in a text: it asks for them when it is run.
//!
//! Not here: what a text presumes in the user's words, and its colours; those are the page's.

mod asked;
pub mod cli;
pub mod curl;
mod hcl;
pub mod shell;
pub mod terraform;
mod user_data;

use std::collections::BTreeMap;

use openstack::Microversion;
use openstack::compute::CreateServer;
use serde_json::{Value, json};

use self::asked::Asked;

/// What stands in the request for a password that is not shown.
const HIDDEN: &str = "ADMIN_PASS";

/// What is asked of Nova, and in which words.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// The body of `POST /servers`, with [`HIDDEN`] where the password stands.
    body: Value,
    /// The oldest compute API from 2.19 on that says all of it: older clients refuse to speak newer ones than they know.
    version: Microversion,
    asked: Asked,
}

/// What the cloud is called, and names for ids that nobody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The region; `None` when the cloud has only one without a name.
    pub region: Option<String>,
    /// Where its compute service is: `https://…/v2.1`.
    pub compute_url: String,
    /// The name of the size.
    pub flavor: Option<String>,
    /// Names of networks by id, of those whose name is the only one of its kind.
    pub networks: BTreeMap<String, String>,
}

/// A text, and what is to be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// To be pasted as it stands.
    pub text: String,
    /// It wants a password when it is run.
    pub wants_password: bool,
    /// What the tool has no word for, by its name in Nova's request.
    pub left_out: Vec<String>,
}

impl Launch {
    /// The launch of these servers in a cloud whose compute API is spoken as `newest`.
    ///
    /// # Errors
    /// In words, when that API cannot say what is asked for.
    pub fn of(server: &CreateServer, newest: Microversion) -> Result<Self, String> {
        let version = server.version(newest)?;
        // The password is nobody's business.
        let bare = CreateServer { admin_password: None, ..server.clone() };
        let mut body = bare.body(version)?;
        if server.admin_password.is_some()
            && let Some(fields) = body.get_mut("server").and_then(Value::as_object_mut)
        {
            fields.insert("adminPass".to_owned(), json!(HIDDEN));
        }
        let asked = Asked::of(&body);
        Ok(Self { body, version, asked })
    }
}

impl Recipe {
    fn new(text: String, launch: &Launch, left_out: Vec<String>) -> Self {
        Self { text, wants_password: launch.asked.password, left_out }
    }
}
