//! What a sign-in yields: token, who, where, until when.

use std::fmt;

use crate::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::ids::{ProjectId, UserId};

/// A token. `Debug` does not show it. It is serialised only as a part of [`Session`], for the tab's `sessionStorage`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

/// A password or another secret; `Debug` does not show it and nothing serialises it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl $name {
            /// Wraps the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself, for the one place that sends it.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )+};
}

hidden!(Token, Secret);

impl Secret {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Keystone's id.
    pub id: UserId,
    /// The name to show.
    pub name: String,
    /// The domain's name, when Keystone gave it.
    pub domain_name: Option<String>,
}

/// A project that may be worked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Keystone's id.
    pub id: ProjectId,
    /// The name to show.
    pub name: String,
    /// The domain's id or name, whichever Keystone gave.
    pub domain: Option<String>,
}

/// A signed-in state: everything that has to be kept to go on after a reload.
///
/// It serialises with its token, for the tab's `sessionStorage` and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The token.
    pub token: Token,
    /// When it runs out, by the cloud's clock.
    pub expires_at: Timestamp,
    /// When it was made, by the cloud's clock; the difference to our clock at that moment is the skew.
    pub issued_at: Option<Timestamp>,
    /// Who.
    pub user: User,
    /// In which project; `None` for an unscoped token, with which only projects can be listed.
    pub project: Option<Project>,
    /// Role names in that project (`member`, `reader`, `admin`).
    pub roles: Vec<String>,
    /// How it was made (`password`, `totp`, `token`, `application_credential`).
    pub methods: Vec<String>,
    /// The services.
    pub catalog: Catalog,
}

impl Session {
    /// Whether the token can be exchanged for one of another project. Not with an application credential: Keystone
    /// answers 403.
    pub fn can_switch_project(&self) -> bool {
        !self.methods.iter().any(|method| method == "application_credential")
    }

    /// Whether the roles allow changes. Only a hint: the cloud's policy decides. (Keystone's default roles imply each
    /// other: admin, manager, member, reader.)
    pub fn is_reader_only(&self) -> bool {
        !self.roles.is_empty() && self.roles.iter().all(|role| role == "reader")
    }
}
