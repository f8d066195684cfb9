//! Signing in and out, and changing the project.

use openstack::ApiError;
use openstack::identity::{Credentials, Keystone, Project, Scope, Session, SignIn, Token};
use openstack::{ErrorKind, ProjectId, Service};

use crate::config::CloudConfig;
use crate::fetch::FetchTransport;

/// The door of one cloud.
#[derive(Clone, Debug)]
pub struct Entry {
    keystone: Keystone<FetchTransport>,
}

impl Entry {
    /// Of a cloud of the configuration.
    pub fn of(cloud: &CloudConfig) -> Self {
        Self { keystone: Keystone::new(FetchTransport, &cloud.auth_url) }
    }

    /// Signs in.
    ///
    /// # Errors
    /// `Unauthorized` when anything about the credentials is wrong.
    pub async fn sign_in(
        &self,
        credentials: &Credentials,
        scope: &Scope,
    ) -> Result<SignIn, ApiError> {
        self.keystone.sign_in(credentials, scope).await
    }

    /// The projects the user may work in, by name.
    ///
    /// # Errors
    /// As every call.
    pub async fn projects(&self, token: &Token) -> Result<Vec<Project>, ApiError> {
        let mut projects = self.keystone.projects(token).await?.items;
        projects.sort_by_cached_key(|project| project.name.to_lowercase());
        Ok(projects)
    }

    /// A session of another project.
    ///
    /// # Errors
    /// `Forbidden` with an application credential.
    pub async fn rescope(&self, token: &Token, project: &ProjectId) -> Result<Session, ApiError> {
        let session = self.keystone.rescope(token, project).await?;
        if session.project.is_none() {
            let words = "the token is for no project";
            return Err(ApiError::local(
                "switch project",
                Service::Identity,
                ErrorKind::Decode,
                words,
            ));
        }
        Ok(session)
    }

    /// Makes a token worth nothing.
    ///
    /// # Errors
    /// As every call.
    pub async fn revoke(&self, token: &Token) -> Result<(), ApiError> {
        self.keystone.revoke(token).await
    }
}
