//! Fills a new cloud: users and projects here, the rest by each service. A filling that was broken
//! off is thrown away and done again.

use std::fmt;
use std::io;
use std::path::Path;

use crate::db::DbError;
use crate::identity::{self, Identity};
use crate::server::StartError;
use crate::state::Region;
use crate::{compute, image, network, volume};

/// Secret of the user `totp`, base32 as authenticator apps take it: SHA-1, 6 digits, 30 seconds.
pub const TOTP_SECRET: &str = "SLIPWAYDEVCLOUDTOTPSECRETABCDEFG";

/// Ids that are the same in every devcloud, so that tests and scripts can name them.
pub mod well_known {
    /// Domain `Default`.
    pub const DOMAIN: &str = "default";
    /// Project `demo`.
    pub const PROJECT_DEMO: &str = "d3300000000040008000000000000001";
    /// Project `other`.
    pub const PROJECT_OTHER: &str = "d3300000000040008000000000000002";
    /// User `demo`: member in both projects.
    pub const USER_DEMO: &str = "d3310000000040008000000000000001";
    /// User `other`: member in `other`.
    pub const USER_OTHER: &str = "d3310000000040008000000000000002";
    /// User `viewer`: reader in `demo`.
    pub const USER_VIEWER: &str = "d3310000000040008000000000000003";
    /// User `totp`: member in `demo`, must give a one-time code as well.
    pub const USER_TOTP: &str = "d3310000000040008000000000000004";
    /// User `admin`: admin in `demo`.
    pub const USER_ADMIN: &str = "d3310000000040008000000000000005";
}

/// File that stands in the data folder once a cloud is filled.
const MARK: &str = "seeded";

/// Why the first filling failed.
#[derive(Debug)]
pub enum SeedError {
    /// A database.
    Database(DbError),
    /// A file.
    Io(io::Error),
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "{error}"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for SeedError {}

impl From<DbError> for SeedError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for SeedError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<io::Error> for SeedError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Makes the data folder, and empties it of a filling that did not come to its end. Only names that
/// devcloud makes are removed.
pub(crate) fn wipe_if_unfinished(data: &Path) -> Result<(), StartError> {
    let failed = |error| StartError::Data(data.to_owned(), error);
    std::fs::create_dir_all(data).map_err(failed)?;
    if data.join(MARK).exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(data).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let database = name.starts_with("identity.sqlite")
            || (name.starts_with("dev-") && name.contains(".sqlite"));
        if database {
            std::fs::remove_file(entry.path()).map_err(failed)?;
        } else if matches!(name, "dev-1" | "dev-2") {
            std::fs::remove_dir_all(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// Fills a cloud that is new.
pub(crate) async fn fill_if_new(
    data: &Path,
    identity: &Identity,
    regions: &[Region],
) -> Result<(), SeedError> {
    if data.join(MARK).exists() {
        return Ok(());
    }
    identity::seed(identity).await?;
    for (index, region) in regions.iter().enumerate() {
        // The invented images are for trying one long list; the second region stays small.
        let extra = if index == 0 { region.options.seed_images } else { 0 };
        image::seed(region, extra).await?;
        network::seed(region).await?;
        volume::seed(region).await?;
        compute::seed(region).await?;
    }
    std::fs::write(
        data.join(MARK),
        "This cloud is filled. Remove the whole folder to begin anew.\n",
    )?;
    Ok(())
}
