//! One attempt to sign in: from credentials, over the one-time code and the choice of a project, to a
//! session of a project.

use openstack::identity::{
    Credentials, Project, Receipt, Scope, Secret, Session, SignIn, Token, UserRef,
};
use openstack::{ApiError, ErrorKind};

use crate::cloud::Entry;
use crate::config::CloudConfig;
use crate::session::{How, SignedIn, last_project};
use crate::text::errors::{self, SignInStep, Words};

/// What is sent.
#[derive(Clone)]
pub(super) struct Attempt {
    cloud: CloudConfig,
    region: Option<String>,
    how: How,
    what: What,
}

#[derive(Clone)]
enum What {
    SignIn { credentials: Credentials, scope: Scope },
    Project { session: Box<Session>, projects: Vec<Project>, project: Project },
}

/// The password was right; the one-time code is asked for.
#[derive(Clone)]
pub(super) struct Halfway {
    attempt: Attempt,
    user: UserRef,
    scope: Scope,
    receipt: Receipt,
}

/// Signed in; the project is to be chosen.
#[derive(Clone)]
pub(super) struct Choosing {
    attempt: Attempt,
    session: Session,
    /// What can be chosen from; two at least.
    pub(super) projects: Vec<Project>,
}

/// How far an attempt got.
pub(super) enum Outcome {
    Entered(Box<SignedIn>),
    Halfway(Halfway),
    Choosing(Choosing),
}

/// Why an attempt got nowhere.
pub(super) struct Failed {
    pub(super) words: Words,
    /// The credentials were refused.
    pub(super) refused: bool,
    /// The cloud gave no answer, or none that can be read: it may be worth checking.
    pub(super) unanswered: bool,
}

impl Attempt {
    pub(super) fn new(
        cloud: CloudConfig,
        credentials: Credentials,
        scope: Scope,
        how: How,
    ) -> Self {
        Self { cloud, region: None, how, what: What::SignIn { credentials, scope } }
    }

    pub(super) fn in_region(self, region: Option<String>) -> Self {
        Self { region, ..self }
    }

    /// The id of the cloud that is signed in to.
    pub(super) fn cloud_id(&self) -> &str {
        &self.cloud.id
    }

    pub(super) async fn make(self) -> Result<Outcome, Failed> {
        let entry = Entry::of(&self.cloud);
        let what = self.what.clone();
        match what {
            What::SignIn { credentials, scope } => self.sign_in(&entry, credentials, scope).await,
            What::Project { session, projects, project } => {
                self.enter(&entry, *session, projects, &project).await
            }
        }
    }

    async fn sign_in(
        self,
        entry: &Entry,
        credentials: Credentials,
        scope: Scope,
    ) -> Result<Outcome, Failed> {
        let step = match &credentials {
            Credentials::Passcode { .. } => SignInStep::Passcode,
            Credentials::ApplicationCredential { .. }
            | Credentials::NamedApplicationCredential { .. } => SignInStep::ApplicationCredential,
            Credentials::Password { .. } | Credentials::Token(_) => SignInStep::Password,
        };
        let answer = entry.sign_in(&credentials, &scope).await.map_err(|error| Failed {
            refused: error.kind == ErrorKind::Unauthorized,
            unanswered: is_unanswered(&error),
            words: errors::sign_in(&error, step),
        })?;
        match answer {
            SignIn::Done(session) => self.signed_in(entry, *session).await,
            more if !more.wants_passcode() => Err(unknown_method()),
            SignIn::NeedsMore { receipt, .. } => match credentials {
                Credentials::Password { user, .. } => {
                    Ok(Outcome::Halfway(Halfway { attempt: self, user, scope, receipt }))
                }
                _ => Err(unknown_method()),
            },
        }
    }

    /// A token is there; of a project, or still to be exchanged for one.
    async fn signed_in(self, entry: &Entry, session: Session) -> Result<Outcome, Failed> {
        let projects = match session.can_switch_project() {
            true => entry.projects(&session.token).await.map_err(failed)?,
            false => Vec::new(),
        };
        if session.project.is_some() {
            return Ok(self.entered(session, projects, Vec::new()));
        }
        let last = last_project(&self.cloud.id, session.user.id.as_str());
        let remembered =
            projects.iter().find(|project| Some(&project.id) == last.as_ref()).cloned();
        match (remembered, projects.as_slice()) {
            (_, []) => Err(no_project(&session)),
            (Some(project), _) => self.enter(entry, session, projects, &project).await,
            (None, [only]) => {
                let only = only.clone();
                self.enter(entry, session, projects, &only).await
            }
            (None, _) => Ok(Outcome::Choosing(Choosing { attempt: self, session, projects })),
        }
    }

    async fn enter(
        self,
        entry: &Entry,
        session: Session,
        projects: Vec<Project>,
        project: &Project,
    ) -> Result<Outcome, Failed> {
        let scoped = entry.rescope(&session.token, &project.id).await.map_err(failed)?;
        Ok(self.entered(scoped, projects, vec![session.token]))
    }

    fn entered(self, session: Session, projects: Vec<Project>, others: Vec<Token>) -> Outcome {
        let Self { cloud, region, how, .. } = self;
        Outcome::Entered(Box::new(SignedIn { cloud, region, how, session, projects, others }))
    }
}

impl Halfway {
    /// With the code.
    pub(super) fn with(&self, passcode: String) -> Attempt {
        let credentials = Credentials::Passcode {
            user: self.user.clone(),
            passcode: Secret::new(passcode),
            receipt: self.receipt.clone(),
        };
        Attempt {
            what: What::SignIn { credentials, scope: self.scope.clone() },
            ..self.attempt.clone()
        }
    }
}

impl Choosing {
    /// Into one of the projects.
    pub(super) fn with(&self, project: Project) -> Attempt {
        let (session, projects) = (Box::new(self.session.clone()), self.projects.clone());
        Attempt { what: What::Project { session, projects, project }, ..self.attempt.clone() }
    }

    /// Who it is.
    pub(super) fn user_name(&self) -> &str {
        &self.session.user.name
    }
}

#[allow(clippy::needless_pass_by_value)] // For `map_err`.
fn failed(error: ApiError) -> Failed {
    Failed { unanswered: is_unanswered(&error), words: errors::api(&error, None), refused: false }
}

fn is_unanswered(error: &ApiError) -> bool {
    matches!(
        error.kind,
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Decode | ErrorKind::Server
    )
}

fn unknown_method() -> Failed {
    Failed { words: errors::unknown_method(), refused: false, unanswered: false }
}

fn no_project(session: &Session) -> Failed {
    Failed { words: errors::no_project(&session.user.name), refused: false, unanswered: false }
}
