//! The built app with another `config.json` beside it: a folder of links, as a web host would be given.

use std::path::{Path, PathBuf};

use devcloud::Options;
use serde_json::{Value, json};

use crate::Trouble;

/// The name of the file that the console reads first.
pub const CONFIG: &str = "config.json";

/// Puts the app that `options` serve into a folder beside the cloud's data, with that configuration, and serves it from
/// there. `keep` says which of the app's files are there at all.
///
/// # Errors
/// When there is no app, or no links can be made.
pub fn console_with(
    options: &mut Options,
    config: &Value,
    keep: impl Fn(&str) -> bool,
) -> Result<PathBuf, Trouble> {
    let built = options.app.as_deref().ok_or("there is no app")?.canonicalize()?;
    let folder = options.data.with_file_name("app");
    std::fs::create_dir_all(&folder)?;
    link_all(&built, &folder, &keep)?;
    std::fs::write(folder.join(CONFIG), serde_json::to_vec_pretty(config)?)?;
    options.app = Some(folder.clone());
    Ok(folder)
}

/// One cloud whose Keystone stands at that address, and segments of so many MiB.
pub(crate) fn config(auth_url: &str, segment_mib: u64) -> Value {
    json!({
        "clouds": [{ "id": "devcloud", "name": "devcloud", "auth_url": auth_url, "region": "dev-1" }],
        "upload_segment_mib": segment_mib,
    })
}

fn link_all(from: &Path, to: &Path, keep: &impl Fn(&str) -> bool) -> Result<(), Trouble> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name != CONFIG && keep(name)) {
            std::os::unix::fs::symlink(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}
