//! Keystone v3, as ordinary users meet it: signing in, tokens and their revocation, the catalogue,
//! their own records, application credentials.
//!
//! Passwords and application credential secrets are kept as salted PBKDF2, tokens and receipts as
//! SHA-256 of a random id: whoever reads the database file cannot sign in with it. What it
//! deliberately does not do: manage users, projects and roles (403, as ordinary users get),
//! federation, trusts, EC2.

mod application_credentials;
mod authenticate;
mod catalog;
mod error;
mod methods;
mod records;
mod secrets;
mod store;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::VARY;
use axum::routing::get;
use jiff::Timestamp;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::clock::Clock;
use crate::db::{Db, DbError};
pub use store::{SCHEMA, seed};

/// The identity service. Clones share everything.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Clock,
    token_life: Duration,
    regions: Vec<&'static str>,
    /// Whether the catalogue has one.
    object_store: bool,
}

/// What a valid token stands for. It does not hold the token itself.
#[derive(Debug, Clone)]
pub struct Token {
    /// Who signed in.
    pub user: Named,
    /// The project that it is for; `None` when it is unscoped.
    pub project: Option<Named>,
    /// The user's roles there, as they are now.
    pub roles: Vec<Named>,
    /// How the user signed in, in Keystone's words (`password`, `totp`, `token`,
    /// `application_credential`).
    pub methods: Vec<String>,
    /// Its audit id and that of the token it came from, if it did.
    pub audit_ids: Vec<String>,
    /// When it was given out.
    pub issued_at: Timestamp,
    /// End of its life.
    pub expires_at: Timestamp,
    /// The application credential it was got with.
    pub application_credential: Option<CredentialUse>,
}

/// An id with the name people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Keystone id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// The application credential that a token was got with.
#[derive(Debug, Clone)]
pub struct CredentialUse {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it may not manage further application credentials.
    pub restricted: bool,
}

impl Identity {
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        token_life: Duration,
        regions: Vec<&'static str>,
        object_store: bool,
    ) -> Self {
        Self { inner: Arc::new(Inner { db, clock, token_life, regions, object_store }) }
    }

    /// What the token with this id stands for; `None` when it is unknown, revoked or its life is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn validate(&self, id: &str) -> Result<Option<Token>, DbError> {
        tokens::validate(self, id).await
    }

    /// Ends the life of every token.
    pub(crate) async fn expire_all(&self) -> Result<(), DbError> {
        tokens::forget_all(self).await
    }

    fn db(&self) -> &Db {
        &self.inner.db
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// Routes below `/identity`.
pub fn router() -> Router<Identity> {
    Router::new()
        .route("/", get(records::versions))
        .route("/v3", get(records::version))
        .route("/v3/", get(records::version))
        .route(
            "/v3/auth/tokens",
            get(tokens::show).post(authenticate::authenticate).delete(tokens::revoke),
        )
        .route("/v3/auth/catalog", get(catalog::show))
        .route("/v3/auth/projects", get(records::my_projects))
        .route("/v3/auth/domains", get(records::my_domains))
        .route("/v3/auth/system", get(records::my_system))
        .route("/v3/users/{user}", get(records::user))
        .route("/v3/users/{user}/projects", get(records::user_projects))
        .route(
            "/v3/users/{user}/application_credentials",
            get(application_credentials::list).post(application_credentials::create),
        )
        .route(
            "/v3/users/{user}/application_credentials/{credential}",
            get(application_credentials::show).delete(application_credentials::delete),
        )
        .route("/v3/projects/{project}", get(records::project))
        .route("/v3/projects", get(records::projects))
        .route("/v3/users", get(records::users))
        .route("/v3/domains", get(records::domains))
        .route("/v3/domains/{domain}", get(records::domain))
        .route("/v3/roles", get(records::roles))
        .route("/v3/role_assignments", get(records::role_assignments))
        .route("/v3/regions", get(catalog::regions))
        .route("/v3/regions/{region}", get(catalog::region))
        .route("/v3/services", get(catalog::services))
        .route("/v3/endpoints", get(catalog::endpoints))
        .route("/v3/limits", get(records::limits))
        .route("/v3/registered_limits", get(records::registered_limits))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        // Every answer of Keystone has it (keystone/server/flask/application.py).
        .layer(SetResponseHeaderLayer::overriding(VARY, HeaderValue::from_static("X-Auth-Token")))
}
