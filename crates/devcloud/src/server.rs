//! Starts a cloud, serves its connections, stops it.
//!
//! Each connection is served by hand on hyper, not by `axum::serve`, because the fault plan must be
//! able to reset one (RST, not FIN).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::clock::{Clock, Pace};
use crate::cors::Cors;
use crate::db::{Db, DbError};
use crate::dispatch::Dispatch;
use crate::faults::{self, Connection, Faults};
use crate::identity::Identity;
use crate::options::ObjectCors;
use crate::state::{Region, RegionInner, Tasks};
use crate::{Options, compute, identity, image, network, object, seed, volume};

/// How long a request under way may go on after the cloud was told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Name, path prefix and zones of each region.
const REGIONS: [(&str, &str, &[&str]); 2] =
    [("dev-1", "", &["dev-1a", "dev-1b"]), ("dev-2", "/dev-2", &["dev-2a"])];

/// A running cloud. It ends when this is stopped or dropped.
pub struct Devcloud {
    address: SocketAddr,
    regions: Vec<Region>,
    clock: Clock,
    faults: Faults,
    identity: Identity,
    tasks: Tasks,
    stop: CancellationToken,
    connections: TaskTracker,
}

/// Why a cloud did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address is not loopback and `allow_remote` was not given.
    NotLoopback(SocketAddr),
    /// The address could not be listened on.
    Listen(SocketAddr, io::Error),
    /// The data folder could not be made or used.
    Data(std::path::PathBuf, io::Error),
    /// A database could not be opened or filled.
    Database(DbError),
    /// The first filling failed.
    Seed(seed::SeedError),
    /// The app folder has no `index.html`.
    App(std::path::PathBuf),
    /// The origin for CORS is not one.
    Origin(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "{address} can be reached from other machines, and devcloud's passwords are published. Listen on 127.0.0.1, or \
                 say --allow-remote if that is what you want."
            ),
            Self::Listen(address, error) => {
                write!(
                    f,
                    "cannot listen on {address}: {error}. Is another devcloud running? Choose another port with --listen."
                )
            }
            Self::Data(path, error) => {
                write!(f, "cannot use the data folder {}: {error}", path.display())
            }
            Self::Database(error) => write!(f, "{error}"),
            Self::Seed(error) => write!(f, "filling the new cloud failed: {error}"),
            Self::App(path) => write!(
                f,
                "{} has no index.html: build the app first (make run does)",
                path.display()
            ),
            Self::Origin(origin) => {
                write!(f, "{origin:?} is not an origin: it must look like http://localhost:3000")
            }
        }
    }
}

impl std::error::Error for StartError {}

impl From<DbError> for StartError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// Starts a cloud in this process. It listens when this returns, and work that an earlier end interrupted goes on.
///
/// # Errors
/// See [`StartError`]; nothing is left running then.
pub async fn start(options: Options) -> Result<Devcloud, StartError> {
    if !options.listen.ip().is_loopback() && !options.allow_remote {
        return Err(StartError::NotLoopback(options.listen));
    }
    let app = App::open(options.app.as_deref())?;
    let cors = options.cors_origin.as_deref().map(Cors::new).transpose()?;
    if let ObjectCors::Only(origin) = &options.object_cors {
        Cors::new(origin)?;
    }
    let clock = Clock::default();
    let faults = Faults::default();
    for rule in &options.faults {
        faults.add(rule.clone());
    }
    let tasks = Tasks::default();
    let options = Arc::new(options);
    seed::wipe_if_unfinished(&options.data)?;
    let identity_db = Db::open(&options.data.join("identity.sqlite"), &[identity::SCHEMA])?;
    let names: Vec<&'static str> = REGIONS.iter().map(|(name, ..)| *name).collect();
    let identity =
        Identity::new(identity_db, clock.clone(), options.token_life, names, options.object_store);
    let mut regions = Vec::new();
    for (name, prefix, zones) in REGIONS {
        let files = options.data.join(name);
        std::fs::create_dir_all(&files).map_err(|error| StartError::Data(files.clone(), error))?;
        let own = [image::SCHEMA, compute::SCHEMA, network::SCHEMA, object::SCHEMA];
        let schema = [own.as_slice(), volume::SCHEMAS.as_slice()].concat();
        regions.push(Region::new(RegionInner {
            name,
            prefix,
            zones,
            db: Db::open(&options.data.join(format!("{name}.sqlite")), &schema)?,
            files,
            identity: identity.clone(),
            clock: clock.clone(),
            pace: Pace::new(options.pace),
            faults: faults.clone(),
            tasks: tasks.clone(),
            options: Arc::clone(&options),
        }));
    }
    seed::fill_if_new(&options.data, &identity, &regions).await.map_err(StartError::Seed)?;

    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|e| StartError::Listen(options.listen, e))?;
    let address = listener.local_addr().map_err(|e| StartError::Listen(options.listen, e))?;
    for region in &regions {
        image::resume(region).await;
        volume::resume(region).await;
        network::resume(region).await;
        compute::resume(region).await;
        object::resume(region).await;
    }
    let control = faults::control(faults.clone(), clock.clone(), identity.clone());
    let dispatch = Arc::new(Dispatch::new(&regions, app, control, cors));
    let stop = CancellationToken::new();
    let connections = TaskTracker::new();
    connections.spawn(accept(listener, dispatch, stop.clone(), connections.clone()));
    Ok(Devcloud { address, regions, clock, faults, identity, tasks, stop, connections })
}

impl Devcloud {
    /// Where it listens, for example `http://127.0.0.1:8080`; no slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The fault plan.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The cloud's clock, to shift it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its regions, first one first: for tests that look at what is stored.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// Ends the life of every token that was ever given out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_tokens(&self) -> Result<(), DbError> {
        self.identity.expire_all().await
    }

    /// Stops listening, gives requests under way three seconds, breaks background work off, and
    /// closes. A cloud started again on the same folder goes on from there.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        self.tasks.stop().await;
        // A request that a fault holds back for longer is left to end by itself.
        if tokio::time::timeout(GRACE * 2, self.connections.wait()).await.is_err() {
            tracing::warn!("stopped while requests were still under way");
        }
    }
}

impl Drop for Devcloud {
    fn drop(&mut self) {
        self.stop.cancel();
        self.tasks.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    dispatch: Arc<Dispatch>,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(serve(
                    stream,
                    peer,
                    Arc::clone(&dispatch),
                    stop.clone(),
                    connections.clone(),
                ));
            }
            // Too many open files, or the peer is gone already: the next one may do.
            Err(error) => {
                tracing::warn!(%error, "accepting a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    dispatch: Arc<Dispatch>,
    stop: CancellationToken,
    requests: TaskTracker,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let connection = Connection::new(peer);
    let stream = connection.wrap(stream);
    let handle = connection.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let dispatch = Arc::clone(&dispatch);
        let connection = handle.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(axum::extract::ConnectInfo(connection.peer()));
        // A task of its own, as a WSGI server's worker is: when the caller goes away in the middle,
        // the service still comes to know that the body broke off, and cleans up. Else its future
        // would just be dropped.
        let work = requests.spawn(async move { dispatch.handle(request, &connection).await });
        async move { Ok::<_, std::convert::Infallible>(work.await.unwrap_or_else(|_| crashed())) }
    });
    let mut serving = std::pin::pin!(
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        // First, so that a connection broken by a fault carries nothing any more. Dropping it
        // closes the socket with RST or FIN, as chosen.
        biased;
        () = connection.broken() => return,
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            match tokio::time::timeout(GRACE, serving).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        // Mostly a browser that went away; of interest only when something is being looked for.
        tracing::debug!(%error, %peer, "connection");
    }
}

/// The answer when a handler panicked: a bug of ours, and the panic itself is on stderr.
fn crashed() -> Response<Body> {
    tracing::error!("a request handler panicked");
    let mut response =
        Response::new(Body::from("devcloud has a bug: the handler of this request panicked.\n"));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
