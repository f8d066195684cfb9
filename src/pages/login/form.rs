//! What is typed on the sign-in form, and what of it is missing.

use leptos::prelude::*;
use openstack::identity::{Credentials, DomainRef, FileCredentials, Scope, Secret, UserRef};

use super::attempt::Attempt;
use super::credentials_file::FileState;
use crate::config::{CloudConfig, Config};
use crate::session::How;
use crate::text::tr;

/// The three ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Password,
    ApplicationCredential,
    File,
}

impl Way {
    /// The key of its tab.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ApplicationCredential => "credential",
            Self::File => "file",
        }
    }

    /// The words on its tab.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Password => tr("Password"),
            Self::ApplicationCredential => tr("App credential"),
            Self::File => "clouds.yaml",
        }
    }

    pub(super) fn of(key: &str) -> Self {
        match key {
            "credential" => Self::ApplicationCredential,
            "file" => Self::File,
            _ => Self::Password,
        }
    }
}

/// The fields that are empty and must not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) user: bool,
    pub(super) password: bool,
    pub(super) domain: bool,
    pub(super) credential_id: bool,
    pub(super) credential_secret: bool,
    pub(super) file: bool,
    pub(super) file_user: bool,
    pub(super) file_secret: bool,
}

impl Missing {
    fn anything(self) -> bool {
        self != Self::default()
    }
}

/// What is typed.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    pub(super) cloud: RwSignal<String>,
    pub(super) user: RwSignal<String>,
    pub(super) password: RwSignal<String>,
    pub(super) domain: RwSignal<String>,
    pub(super) credential_id: RwSignal<String>,
    pub(super) credential_secret: RwSignal<String>,
    pub(super) file: FileState,
}

impl Entered {
    pub(super) fn new(config: &Config) -> Self {
        let first = config.clouds.first();
        let text = |text: Option<&str>| RwSignal::new(text.unwrap_or_default().to_owned());
        Self {
            cloud: text(first.map(|cloud| cloud.id.as_str())),
            user: text(None),
            password: text(None),
            domain: text(first.map(|cloud| cloud.default_domain.as_str())),
            credential_id: text(None),
            credential_secret: text(None),
            file: FileState::new(&config.clouds),
        }
    }

    /// What to send, or what is missing.
    pub(super) fn check(self, way: Way, cloud: CloudConfig) -> Result<Attempt, Missing> {
        match way {
            Way::Password => {
                let (name, domain) = (trimmed(self.user), trimmed(self.domain));
                let password = self.password.get_untracked();
                let missing = Missing {
                    user: name.is_empty(),
                    password: password.is_empty(),
                    domain: domain.is_empty(),
                    ..Missing::default()
                };
                if missing.anything() {
                    return Err(missing);
                }
                let user = UserRef::Name { name, domain: DomainRef::Name(domain) };
                let credentials =
                    Credentials::Password { user, password: Secret::new(password), passcode: None };
                Ok(Attempt::new(cloud, credentials, Scope::Unscoped, How::Password))
            }
            Way::ApplicationCredential => {
                let (id, secret) = (trimmed(self.credential_id), trimmed(self.credential_secret));
                let missing = Missing {
                    credential_id: id.is_empty(),
                    credential_secret: secret.is_empty(),
                    ..Missing::default()
                };
                if missing.anything() {
                    return Err(missing);
                }
                let how = How::ApplicationCredential { id: id.clone() };
                let credentials =
                    Credentials::ApplicationCredential { id, secret: Secret::new(secret) };
                Ok(Attempt::new(cloud, credentials, Scope::Default, how))
            }
            Way::File => self.check_file(),
        }
    }

    fn check_file(self) -> Result<Attempt, Missing> {
        let nothing = Missing { file: true, ..Missing::default() };
        let Some((entry, cloud)) = self.file.chosen() else { return Err(nothing) };
        let typed_user = trimmed(self.file.user);
        let typed_secret =
            Some(self.file.secret.get_untracked()).filter(|text| !text.is_empty()).map(Secret::new);
        let domain = DomainRef::Name(cloud.default_domain.clone());
        let user = |known: Option<UserRef>| {
            let typed = Some(typed_user).filter(|name| !name.is_empty());
            known.or_else(|| typed.map(|name| UserRef::Name { name, domain }))
        };
        let (credentials, how) = match entry.credentials {
            FileCredentials::Password { user: known, password } => {
                match (user(known), password.or(typed_secret)) {
                    (Some(user), Some(password)) => {
                        (Credentials::Password { user, password, passcode: None }, How::Password)
                    }
                    (user, password) => {
                        return Err(Missing {
                            file_user: user.is_none(),
                            file_secret: password.is_none(),
                            ..Missing::default()
                        });
                    }
                }
            }
            FileCredentials::ApplicationCredential { id: Some(id), secret, .. } => {
                match secret.or(typed_secret) {
                    Some(secret) => (
                        Credentials::ApplicationCredential { id: id.clone(), secret },
                        How::ApplicationCredential { id },
                    ),
                    None => return Err(Missing { file_secret: true, ..Missing::default() }),
                }
            }
            FileCredentials::ApplicationCredential { id: None, name, user: known, secret } => {
                let Some(name) = name else { return Err(nothing) };
                match (user(known), secret.or(typed_secret)) {
                    (Some(user), Some(secret)) => (
                        Credentials::NamedApplicationCredential {
                            name: name.clone(),
                            user,
                            secret,
                        },
                        How::NamedApplicationCredential { name },
                    ),
                    (user, secret) => {
                        return Err(Missing {
                            file_user: user.is_none(),
                            file_secret: secret.is_none(),
                            ..Missing::default()
                        });
                    }
                }
            }
        };
        let scope = match entry.scope {
            Scope::Default => Scope::Unscoped,
            scope => scope,
        };
        Ok(Attempt::new(cloud, credentials, scope, how).in_region(entry.region))
    }
}

fn trimmed(text: RwSignal<String>) -> String {
    text.read_untracked().trim().to_owned()
}
