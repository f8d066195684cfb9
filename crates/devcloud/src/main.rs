//! The `devcloud` command: a small real OpenStack cloud on this machine. `docs/devcloud.md` tells
//! what it has.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use devcloud::options::{IMPORT_METHODS, ObjectCors, TEMPURL_DIGESTS};
use devcloud::{Options, Release};

/// A small real OpenStack cloud on this machine, for trying, developing and testing Slipway.
#[derive(Parser)]
#[command(name = "devcloud", version)]
struct Cli {
    /// Release of OpenStack to answer as: newest, or caracal (2024.1)
    #[arg(long, default_value_t = Release::default(), value_name = "newest|caracal")]
    release: Release,
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder for everything that is kept; remove it to begin anew
    #[arg(long, default_value = ".devcloud")]
    data: PathBuf,
    /// The built app (Trunk's dist folder) to serve at /
    #[arg(long, value_name = "DIST")]
    app: Option<PathBuf>,
    /// How long a token lives, for example 90s, 5m, 1h
    #[arg(long, default_value = "1h", value_parser = parse_life)]
    token_life: Duration,
    /// Invented images to seed a new cloud with, besides the public catalogue
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed_images: usize,
    /// Factor on how long state changes take: 1 as in a fast real cloud, 0 at once
    #[arg(long, default_value_t = 1.0, value_name = "F")]
    pace: f64,
    /// Fault plan to start with (JSON, see docs/devcloud.md)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Switch the services' CORS filter on for this origin
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Option<String>,
    /// Allow listening on an address that other machines reach (the passwords are published!)
    #[arg(long)]
    allow_remote: bool,
    /// Let image imports by URL fetch from loopback addresses, on any port (a real cloud would not)
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    web_download_allow_loopback: bool,
    /// The ports that image imports by URL may fetch from, loopback included; 80,443 is Glance's default
    #[arg(long, value_delimiter = ',', value_name = "PORT,...")]
    web_download_ports: Option<Vec<u16>>,
    /// Glance's import methods
    #[arg(long, value_delimiter = ',', value_name = "METHOD,...", value_parser = IMPORT_METHODS,
          default_values = IMPORT_METHODS)]
    import_methods: Vec<String>,
    /// A cloud without an object store
    #[arg(long)]
    no_object_store: bool,
    /// The origin that the object store lets in, or "none"; left out, what --cors-origin says
    #[arg(long, value_name = "ORIGIN|none")]
    object_cors_origin: Option<String>,
    /// Digests that temporary URLs may be signed with
    #[arg(long, value_delimiter = ',', value_name = "DIGEST,...", value_parser = TEMPURL_DIGESTS,
          default_values = TEMPURL_DIGESTS)]
    tempurl_digests: Vec<String>,
    /// An object store without temporary URLs
    #[arg(long, conflicts_with = "tempurl_digests")]
    no_tempurl: bool,
    /// The most bytes that a project's objects may take
    #[arg(long, value_name = "BYTES")]
    object_quota: Option<u64>,
}

fn parse_life(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let number: u64 =
        number.parse().map_err(|_| String::from("expected a number and s, m or h, like 90s"))?;
    let seconds = match unit {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => return Err(String::from("the unit is s, m or h")),
    };
    match seconds {
        Some(seconds @ 1..=31_536_000) => Ok(Duration::from_secs(seconds)),
        _ => Err(String::from("a token lives between 1 second and a year")),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "devcloud=info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("devcloud: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let faults = match &cli.faults {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            devcloud::faults::parse(&text)
                .map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => Vec::new(),
    };
    let mut options = Options::new(cli.data);
    options.release = cli.release;
    options.listen = cli.listen;
    options.app = cli.app;
    options.token_life = cli.token_life;
    options.seed_images = cli.seed_images;
    options.pace = cli.pace;
    options.faults = faults;
    options.cors_origin = cli.cors_origin;
    options.allow_remote = cli.allow_remote;
    options.web_download_loopback = cli.web_download_allow_loopback;
    options.web_download_ports = cli.web_download_ports;
    options.import_methods = cli.import_methods;
    options.object_store = !cli.no_object_store;
    options.object_cors = match cli.object_cors_origin {
        None => ObjectCors::LikeTheOthers,
        Some(none) if none == "none" => ObjectCors::Nobody,
        Some(origin) => ObjectCors::Only(origin),
    };
    options.tempurl_digests = if cli.no_tempurl { Vec::new() } else { cli.tempurl_digests };
    options.object_account_quota = cli.object_quota;
    let with_app = options.app.is_some();
    let cloud = devcloud::start(options).await?;
    let url = cloud.url();
    let without_app = if with_app { "" } else { " (APIs only: no --app given)" };
    say(&format!(
        "devcloud is up at {url}{without_app}\n\
         \x20 sign in:  user demo, password demo-secret, domain Default\n\
         \x20 for the openstack client:\n\
         \x20 export OS_AUTH_URL={url}/identity/v3 OS_USERNAME=demo OS_PASSWORD=demo-secret \\\n\
         \x20        OS_PROJECT_NAME=demo OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default \\\n\
         \x20        OS_REGION_NAME=dev-1 OS_IDENTITY_API_VERSION=3\n"
    ));
    tokio::signal::ctrl_c().await?;
    say("stopping\n");
    cloud.stop().await;
    Ok(())
}

/// Tells people on standard output. Whoever started us may have closed it (a script that read the
/// address and went on): a cloud does not end because nobody listens, so that is only logged.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::debug!(%error, "standard output");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_life_is_read_with_its_unit() {
        for (text, expected) in [
            ("90s", Some(90)),
            ("5m", Some(300)),
            ("1h", Some(3600)),
            ("7", Some(7)),
            ("0s", None),
            ("1d", None),
            ("h", None),
            ("", None),
        ] {
            assert_eq!(parse_life(text).ok(), expected.map(Duration::from_secs), "{text}");
        }
    }
}
