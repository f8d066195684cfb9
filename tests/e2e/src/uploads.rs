//! Uploads in segments, small enough for tests: a journey whose console cuts files into segments of 1 MiB, and what a
//! person does to send one.

use std::path::Path;
use std::time::Duration;

use crate::console::{config, console_with};
use crate::plan::SEGMENT_PUT;
use crate::{Api, Kind, Outcome, Stage, Trouble, User, journey_with, like};

/// The size of a segment in these journeys: the least that `config.json` allows.
pub const SEGMENT: usize = 1 << 20;
/// An upload of some dozens of MiB on two busy cores.
const PATIENCE: Duration = Duration::from_secs(90);

/// A journey in Chromium with segments of [`SEGMENT`] bytes, whose requests are counted from the start.
///
/// # Errors
/// As [`crate::journey`].
pub async fn upload_journey<F>(
    name: &str,
    prepare: impl FnOnce(&mut devcloud::Options) -> Outcome,
    play: F,
) -> Outcome
where
    F: AsyncFnOnce(&Stage) -> Outcome,
{
    let prepare = |options: &mut devcloud::Options| {
        console_with(options, &config("/identity/v3", 1), |_| true)?;
        prepare(options)
    };
    journey_with(Kind::Chromium, name, prepare, async |stage| {
        SEGMENT_PUT.count(stage.cloud.faults());
        play(stage).await
    })
    .await
}

impl Stage {
    /// How many requests carried a segment so far.
    pub fn sent(&self) -> u64 {
        SEGMENT_PUT.seen(self.cloud.faults())
    }

    /// Waits until so many requests with a segment have begun.
    pub async fn segments_begun(&self, count: u64) -> Outcome {
        let what = format!("{count} segments begun");
        self.user.until_within(PATIENCE, &what, async || Ok(self.sent() >= count)).await
    }

    /// Nothing of any upload is left in the container, nor a record of that name or of the canary.
    pub async fn nothing_is_left(&self, api: &Api, name: &str) -> Outcome {
        self.no_objects_are_left(api).await?;
        self.user
            .until(&format!("no record of {name}"), async || Ok(api.images(name).await?.is_empty()))
            .await
    }

    /// Nothing of any upload is left in the container.
    pub async fn no_objects_are_left(&self, api: &Api) -> Outcome {
        self.user
            .until("the container empty", async || match api.objects("").await?.first() {
                None => Ok(true),
                Some(object) => Err(format!("{} is left", object.name).into()),
            })
            .await
    }
}

impl User {
    /// Signs in as `demo`, chooses the file on the create page, and that it be sent in segments.
    pub async fn choose_segments(&self, file: &Path) -> Outcome {
        self.sign_in("demo", "demo-secret", "demo").await?;
        self.choose_file_in_segments(file).await
    }

    /// As [`User::choose_segments`], signed in already. The app is loaded anew, and forgets what is under way.
    pub async fn choose_file_in_segments(&self, file: &Path) -> Outcome {
        self.open("/images/create").await?;
        self.choose_here_in_segments(file).await
    }

    /// As [`User::choose_segments`], while others are under way.
    pub async fn choose_another_in_segments(&self, file: &Path) -> Outcome {
        self.click("link", "Images").await?;
        self.click("link", "Create image").await?;
        self.choose_here_in_segments(file).await
    }

    /// As [`User::choose_segments`], on the create page that is open.
    pub async fn choose_here_in_segments(&self, file: &Path) -> Outcome {
        self.choose_file(file).await?;
        self.click("radio", like("In parts")).await?;
        // The canary goes first, once in this browser: what a test then plans is not meant for it.
        let known =
            "return Object.keys(localStorage).some(key => key.startsWith('slipway.canary.'))";
        self.until_within(PATIENCE, "the canary back", async || {
            Ok(self.driver().execute(known, vec![]).await?.convert::<bool>()?)
        })
        .await
    }

    /// Chooses the file on the create page and asks for parts, which this cloud may refuse.
    pub async fn try_file_in_segments(&self, file: &Path) -> Outcome {
        self.open("/images/create").await?;
        self.choose_file(file).await?;
        let parts = self.see("radio", like("In parts")).await?;
        if parts.is_enabled().await? {
            self.click("radio", like("In parts")).await?;
        }
        Ok(())
    }

    /// Chooses the file on the create page, and that it be sent in one piece.
    pub async fn choose_file_direct(&self, file: &Path) -> Outcome {
        self.open("/images/create").await?;
        self.choose_file(file).await?;
        self.click("radio", like("One request with the whole file")).await
    }

    /// The segments are to stay in the store for a while.
    pub async fn keep_segments(&self) -> Outcome {
        self.click("checkbox", like("Keep the parts")).await
    }

    /// Goes on with an upload that a reload or a crash has broken off, by choosing its file again.
    pub async fn go_on_with(&self, file: &Path) -> Outcome {
        let name = file.file_stem().ok_or("a file has a name")?.to_string_lossy().into_owned();
        self.pick_file(&format!("The file of {name}"), file).await
    }

    async fn choose_file(&self, file: &Path) -> Outcome {
        let name = file.file_name().ok_or("a file has a name")?.to_string_lossy().into_owned();
        self.see("heading", "Create image").await?;
        self.pick_file("Disk image file", file).await?;
        self.read(&name).await?;
        // Noise is nothing that could be recognised.
        self.choose("Disk format", "raw").await
    }

    /// Begins the upload.
    pub async fn create(&self) -> Outcome {
        self.click("button", "Create image").await
    }

    /// Waits until the page says that the cloud's hash is the file's.
    pub async fn verified(&self) -> Outcome {
        self.reads_within(PATIENCE, "SHA-512 equal").await
    }

    /// Waits for words for as long as an upload may take.
    pub async fn reads(&self, text: &str) -> Outcome {
        self.reads_within(PATIENCE, text).await
    }

    /// As [`User::reads`], with its own patience.
    pub async fn reads_within(&self, patience: Duration, text: &str) -> Outcome {
        let what = format!("read {text:?}");
        self.until_within(patience, &what, async || Ok(self.page_text().await?.contains(text)))
            .await
    }

    /// The network goes away, or comes back, for this page, as the browser's own tools do it.
    pub async fn network(&self, there: bool) -> Outcome {
        let tools = self.driver().cdp();
        let all = serde_json::json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        tools.send_raw("Network.emulateNetworkConditions", all).await?;
        Ok(())
    }
}

/// The bytes of all objects.
///
/// # Errors
/// When the store does not answer.
pub async fn stored_bytes(api: &Api) -> Result<u64, Trouble> {
    Ok(api.objects("s/").await?.iter().map(|object| object.bytes).sum())
}
