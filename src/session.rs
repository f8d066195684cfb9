//! Who is signed in, where, and until when.
//!
//! The token is kept in memory and in the tab's `sessionStorage`, never in `localStorage`. When it
//! runs out, every scope's client tells [`Account`], which has the dialog of
//! `components/reauthenticate.rs` opened over the page; all calls wait until it is answered.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::Timestamp;
use openstack::identity::{
    Credentials, Project, Receipt, Scope, Secret, Session, SignIn, Token, UserRef,
};
use openstack::{ApiError, ErrorKind, ProjectId, Service};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::cloud::{Cloud, Entry};
use crate::config::{CloudConfig, Config};
use crate::storage::{self, Keep};

const NAME: &str = "slipway.session";

/// How the user signed in, and so how they can do it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// With a password, perhaps with a one-time code.
    Password,
    /// With an application credential, by its id.
    ApplicationCredential {
        /// Its id.
        id: String,
    },
    /// With an application credential, by its name.
    NamedApplicationCredential {
        /// Its name.
        name: String,
    },
}

/// Everything that survives a reload.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    cloud: String,
    region: Option<String>,
    how: How,
    session: Session,
    projects: Vec<Project>,
    /// By this computer's clock.
    ends_at: Timestamp,
    /// Tokens made on the way (unscoped, of other projects), to be revoked as well.
    others: Vec<Token>,
}

/// The sign-in of this tab. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Account {
    config: StoredValue<Arc<Config>>,
    current: RwSignal<Option<Cloud>>,
    kept: RwSignal<Option<Kept>>,
    /// Every scope of this sign-in whose client may still be in use.
    scopes: StoredValue<Vec<Cloud>>,
    asking: RwSignal<bool>,
    left: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

/// A sign-in that has succeeded, before a scope is made of it.
pub struct SignedIn {
    /// The cloud of the configuration.
    pub cloud: CloudConfig,
    /// The region wished for; else the configuration's, else the catalog's first.
    pub region: Option<String>,
    /// How.
    pub how: How,
    /// Of a project.
    pub session: Session,
    /// The projects that can be switched to.
    pub projects: Vec<Project>,
    /// Tokens made on the way.
    pub others: Vec<Token>,
}

impl Account {
    /// Takes up what the tab has kept, if it is still worth something.
    pub fn new(config: Arc<Config>) -> Self {
        let account = Self {
            config: StoredValue::new(config),
            current: RwSignal::new(None),
            kept: RwSignal::new(None),
            scopes: StoredValue::new(Vec::new()),
            asking: RwSignal::new(false),
            left: StoredValue::new(false),
            timer: StoredValue::new_local(None),
        };
        account.take_up();
        account
    }

    /// How this console is set up.
    pub fn config(self) -> Arc<Config> {
        self.config.get_value()
    }

    /// The scope the user is in; `None` when signed out.
    pub fn current(self) -> Signal<Option<Cloud>> {
        self.current.into()
    }

    /// The projects that can be switched to.
    pub fn projects(self) -> Vec<Project> {
        self.kept.with_untracked(|kept| {
            kept.as_ref().map(|kept| kept.projects.clone()).unwrap_or_default()
        })
    }

    /// The regions of the catalog.
    pub fn regions(self) -> Vec<String> {
        self.kept.with_untracked(|kept| {
            kept.as_ref().map(|kept| kept.session.catalog.regions()).unwrap_or_default()
        })
    }

    /// When the token runs out, by this computer's clock. Tracked.
    pub fn ends_at(self) -> Option<Timestamp> {
        self.kept.with(|kept| kept.as_ref().map(|kept| kept.ends_at))
    }

    /// How the user signed in.
    pub fn how(self) -> Option<How> {
        self.kept.with_untracked(|kept| kept.as_ref().map(|kept| kept.how.clone()))
    }

    /// Whether the token has run out and the user is asked to sign in again.
    pub fn asking(self) -> RwSignal<bool> {
        self.asking
    }

    /// Whether the user has signed out of their own will: then the next sign-in begins afresh.
    pub fn left(self) -> bool {
        self.left.get_value()
    }

    /// Signs in for good: makes the scope, keeps it for the tab, remembers the project.
    pub fn enter(self, signed_in: SignedIn) {
        let SignedIn { cloud, region, how, session, projects, others } = signed_in;
        let regions = session.catalog.regions();
        let wished =
            region.or_else(|| cloud.region.clone()).filter(|region| regions.contains(region));
        let kept = Kept {
            cloud: cloud.id,
            region: wished.or_else(|| regions.first().cloned()),
            how,
            ends_at: ends_at(&session),
            session,
            projects,
            others,
        };
        self.settle(kept);
    }

    /// Goes to another project of the same user, in the same region where it has one.
    ///
    /// # Errors
    /// When the cloud gives no token for it.
    pub async fn switch_project(self, project: ProjectId) -> Result<(), ApiError> {
        let Some(kept) = self.kept.get_untracked() else {
            return Err(signed_out("switch project"));
        };
        let Some(entry) = self.entry(&kept) else { return Err(signed_out("switch project")) };
        // A client that waits for a renewed token waits here as well.
        let token = match self.current.get_untracked() {
            Some(cloud) => {
                cloud.client().token().await.map_err(|_| signed_out("switch project"))?.0
            }
            None => kept.session.token.clone(),
        };
        let session = entry.rescope(&token, &project).await?;
        let mut others = kept.others.clone();
        others.push(token);
        self.settle(Kept { ends_at: ends_at(&session), session, others, ..kept });
        Ok(())
    }

    /// Goes to another region of the same project.
    pub fn switch_region(self, region: String) {
        if let Some(kept) = self.kept.get_untracked() {
            self.settle(Kept { region: Some(region), ..kept });
        }
    }

    /// Signs the same user in again after the token has run out; everything that waits goes on.
    /// Answers with a receipt when the cloud wants a one-time code as well.
    ///
    /// # Errors
    /// As a sign-in.
    pub async fn sign_in_again(self, proof: Proof) -> Result<Option<Receipt>, ApiError> {
        let Some(kept) = self.kept.get_untracked() else { return Err(signed_out("sign in")) };
        let (Some(entry), Some(project)) = (self.entry(&kept), kept.session.project.clone()) else {
            return Err(signed_out("sign in"));
        };
        let credentials = proof.credentials(&kept);
        let session = match entry.sign_in(&credentials, &Scope::ProjectId(project.id)).await? {
            SignIn::Done(session) => *session,
            SignIn::NeedsMore { receipt, .. } => return Ok(Some(receipt)),
        };
        self.renew_others(&entry, &session).await;
        let others = Vec::new();
        self.keep(Kept { ends_at: ends_at(&session), session: session.clone(), others, ..kept });
        if let Some(current) = self.current.get_untracked() {
            current.client().renew(session);
        }
        self.asking.set(false);
        Ok(None)
    }

    /// Signs out: nothing of it, and nothing that was typed, is left in the tab, and the tokens are worth nothing afterwards.
    pub fn sign_out(self) {
        let Some(kept) = self.kept.get_untracked() else { return };
        let entry = self.entry(&kept);
        let mut tokens = kept.others.clone();
        for cloud in self.scopes.get_value() {
            let token = cloud.client().session().token.clone();
            if !tokens.contains(&token) {
                tokens.push(token);
            }
            cloud.client().end();
        }
        self.scopes.set_value(Vec::new());
        self.left.set_value(true);
        self.stop_timer();
        // What was typed into forms as well: user data may hold secrets, and the next one at this computer is somebody else.
        storage::forget_tab();
        self.asking.set(false);
        self.kept.set(None);
        self.current.set(None);
        // A form that goes with its page may write once more.
        set_timeout(storage::forget_tab, Duration::ZERO);
        let Some(entry) = entry else { return };
        spawn_local(async move {
            for token in tokens {
                if let Err(error) = entry.revoke(&token).await {
                    // Nobody is there to be told; the token ends by itself.
                    leptos::logging::warn!("{error}");
                }
            }
        });
    }

    fn take_up(self) {
        let Some(text) = storage::read(Keep::Tab, NAME) else { return };
        match serde_json::from_str::<Kept>(&text) {
            Ok(kept) if self.config().clouds.iter().any(|cloud| cloud.id == kept.cloud) => {
                self.settle(kept)
            }
            Ok(_) => storage::write(Keep::Tab, NAME, None),
            Err(error) => {
                leptos::logging::warn!("the kept session is of another version: {error}");
                storage::write(Keep::Tab, NAME, None);
            }
        }
    }

    /// Makes (or finds) the scope and goes there.
    fn settle(self, kept: Kept) {
        let known = self.scopes.with_value(|scopes| {
            let found = scopes.iter().find(|cloud| {
                Some(cloud.project()) == kept.session.project.as_ref()
                    && cloud.region() == kept.region.as_deref()
            });
            found.cloned()
        });
        let cloud = match known {
            Some(cloud) => {
                cloud.client().renew(kept.session.clone());
                Some(cloud)
            }
            None => self.scope(&kept),
        };
        let Some(cloud) = cloud else {
            leptos::logging::error!("a session without a project cannot be entered");
            return;
        };
        remember_project(&cloud);
        self.left.set_value(false);
        self.keep(kept);
        self.current.set(Some(cloud));
    }

    fn scope(self, kept: &Kept) -> Option<Cloud> {
        let config = self.config();
        let settings = config.cloud(Some(&kept.cloud))?.clone();
        let on_expired = move || self.asking.set(true);
        let cloud =
            Cloud::new(config, settings, kept.region.clone(), kept.session.clone(), on_expired)?;
        self.scopes.update_value(|scopes| scopes.push(cloud.clone()));
        Some(cloud)
    }

    fn keep(self, kept: Kept) {
        match serde_json::to_string(&kept) {
            Ok(text) => storage::write(Keep::Tab, NAME, Some(&text)),
            Err(error) => leptos::logging::error!("the session could not be kept: {error}"),
        }
        self.start_timer(kept.ends_at);
        self.kept.set(Some(kept));
    }

    /// Asks before the first call is refused.
    fn start_timer(self, ends_at: Timestamp) {
        self.stop_timer();
        let left = ends_at.as_millisecond().saturating_sub(clock::now().as_millisecond());
        // Browsers count a delay in 31 bits.
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(0).min(i32::MAX as u64));
        let ring = move || {
            let ended = untrack(|| self.ends_at()).is_some_and(|ends_at| ends_at <= clock::now());
            if !ended {
                return;
            }
            for cloud in self.scopes.get_value() {
                spawn_local(async move { cloud.client().expire_now().await });
            }
        };
        match set_timeout_with_handle(ring, left) {
            Ok(timer) => self.timer.set_value(Some(timer)),
            Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
        }
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }

    /// Scopes of other projects get tokens of their own, made from the new one.
    async fn renew_others(self, entry: &Entry, session: &Session) {
        let current = self.current.get_untracked();
        for cloud in self.scopes.get_value() {
            if Some(&cloud) == current.as_ref() {
                continue;
            }
            if Some(cloud.project()) == session.project.as_ref() {
                cloud.client().renew(session.clone());
                continue;
            }
            match entry.rescope(&session.token, &cloud.project().id).await {
                Ok(session) => cloud.client().renew(session),
                Err(error) => {
                    leptos::logging::warn!("{error}");
                    cloud.client().end();
                    self.scopes.update_value(|scopes| scopes.retain(|other| *other != cloud));
                }
            }
        }
    }

    fn entry(self, kept: &Kept) -> Option<Entry> {
        self.config().cloud(Some(&kept.cloud)).map(Entry::of)
    }
}

/// What the user gives to sign in again.
pub enum Proof {
    /// The password or the application credential's secret.
    Secret(Secret),
    /// The one-time code, after the password was right.
    Passcode {
        /// The code.
        passcode: Secret,
        /// The receipt for the password.
        receipt: Receipt,
    },
}

impl Proof {
    fn credentials(self, kept: &Kept) -> Credentials {
        let user = UserRef::Id(kept.session.user.id.to_string());
        match (self, &kept.how) {
            (Self::Passcode { passcode, receipt }, _) => {
                Credentials::Passcode { user, passcode, receipt }
            }
            (Self::Secret(password), How::Password) => {
                Credentials::Password { user, password, passcode: None }
            }
            (Self::Secret(secret), How::ApplicationCredential { id }) => {
                Credentials::ApplicationCredential { id: id.clone(), secret }
            }
            (Self::Secret(secret), How::NamedApplicationCredential { name }) => {
                Credentials::NamedApplicationCredential { name: name.clone(), user, secret }
            }
        }
    }
}

/// The project this user worked in last, in this cloud. No secret: ids only.
pub fn last_project(cloud_id: &str, user_id: &str) -> Option<ProjectId> {
    storage::read(Keep::Site, &project_name(cloud_id, user_id)).map(ProjectId::from)
}

fn remember_project(cloud: &Cloud) {
    let name = project_name(&cloud.settings().id, cloud.user().id.as_str());
    storage::write(Keep::Site, &name, Some(cloud.project().id.as_str()));
}

fn project_name(cloud_id: &str, user_id: &str) -> String {
    format!("slipway.project.{cloud_id}.{user_id}")
}

/// The clocks of cloud and browser may differ: what counts is how long the token lives from now on.
fn ends_at(session: &Session) -> Timestamp {
    match session.issued_at {
        Some(issued_at) => clock::now().after(session.expires_at.since(issued_at)),
        None => session.expires_at,
    }
}

fn signed_out(operation: &'static str) -> ApiError {
    ApiError::local(operation, Service::Identity, ErrorKind::SignedOut, "")
}
