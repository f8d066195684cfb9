//! Keystone v3: signing in in all its forms, projects, signing out.
//!
//! [`Keystone`] works before there is a session, so it is no part of [`crate::Client`]. It keeps nothing and repeats
//! nothing but reads. Reference: <https://docs.openstack.org/api-ref/identity/v3/>.

mod auth;
mod clouds_file;
mod session;
mod wire;
mod yaml;

pub use auth::{Credentials, DomainRef, Keystone, Receipt, Scope, SignIn, UserRef};
pub use clouds_file::{CloudEntry, CloudsFileError, FileCredentials, parse_credentials_file};
pub use session::{Project, Secret, Session, Token, User};
