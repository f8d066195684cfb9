//! The console itself, as a person uses it: the file chosen, a road chosen, "Create image".

use std::path::Path;
use std::time::{Duration, Instant};

use slipway_e2e::{Api, MANIFEST, Outcome, Stage, Trouble};

use crate::{Turn, computed};

const PATIENCE: Duration = Duration::from_secs(900);

/// How far an upload had come when.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Every byte is in the cloud. In one piece that is the same as active.
    pub sent: Turn,
    /// The image is active, its hash compared.
    pub verified: Turn,
}

/// In one piece.
pub async fn direct(stage: &Stage, api: &Api, file: &Path, name: &str) -> Result<Times, Trouble> {
    let user = &stage.user;
    user.choose_file_direct(file).await?;
    user.fill("Name", name).await?;
    let clock = Clock::start(stage)?;
    user.create().await?;
    user.until_within(PATIENCE, "active", async || Ok(api.active(name).await?.is_some())).await?;
    let sent = clock.read(stage)?;
    user.reads_within(PATIENCE, "SHA-512 equal").await?;
    let verified = clock.read(stage)?;
    remove(api, name).await?;
    Ok(Times { sent, verified })
}

/// In segments, which stay in the store for the next one.
pub async fn segments(stage: &Stage, api: &Api, file: &Path, name: &str) -> Result<Times, Trouble> {
    let (user, faults) = (&stage.user, stage.cloud.faults());
    user.choose_file_in_segments(file).await?;
    user.keep_segments().await?;
    user.fill("Name", name).await?;
    MANIFEST.count(faults);
    let before = MANIFEST.seen(faults);
    let clock = Clock::start(stage)?;
    user.create().await?;
    user.until_within(PATIENCE, "the first manifest", async || Ok(MANIFEST.seen(faults) > before))
        .await?;
    let sent = clock.read(stage)?;
    user.reads_within(PATIENCE, "SHA-512 equal").await?;
    let verified = clock.read(stage)?;
    remove(api, name).await?;
    Ok(Times { sent, verified })
}

/// Takes every object out of the container.
pub async fn empty(api: &Api) -> Outcome {
    for object in api.objects("").await? {
        api.delete_object(&object.name).await?;
    }
    Ok(())
}

async fn remove(api: &Api, name: &str) -> Outcome {
    for image in api.images(name).await? {
        let id = image.get("id").and_then(serde_json::Value::as_str).ok_or("an id")?;
        api.delete_image(id).await?;
    }
    Ok(())
}

struct Clock {
    began: Instant,
    computed: (Duration, Duration),
}

impl Clock {
    fn start(stage: &Stage) -> Result<Self, Trouble> {
        Ok(Self { computed: computed(stage)?, began: Instant::now() })
    }

    fn read(&self, stage: &Stage) -> Result<Turn, Trouble> {
        let took = self.began.elapsed();
        let now = computed(stage)?;
        let server = now.0.saturating_sub(self.computed.0);
        Ok(Turn { took, server, browser: now.1.saturating_sub(self.computed.1) })
    }
}
