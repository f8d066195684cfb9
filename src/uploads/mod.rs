//! The uploads of this tab. They live in app context on purpose: they go on while the user moves through the app, and
//! in the project they were started in when the user switches to another.
//!
//! `file_road` drives the engine of `crates/upload`; `url_road` follows an import; `tray` shows both. Nothing here
//! decides what an answer of the cloud means.

mod canary;
mod content;
mod file_road;
pub(crate) mod handles;
mod hash_messages;
mod hashing;
mod job;
mod journal;
mod later;
mod leftovers;
mod locks;
mod queue;
mod roads;
mod sending;
mod store;
mod tabs;
mod time;
pub(crate) mod tray;
mod url_road;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use openstack::image::CreateImage;
use upload::{Event, Phase};
use web_sys::BeforeUnloadEvent;

pub use content::Upload;
pub use handles::FileHandle;
pub(crate) use hashing::{HashEvent, Hashing};
pub use job::{Fetched, Job, JobPhase, JobState, Pausing, Road, Standing, Trouble};
pub use journal::forgets;
pub use locks::sleep_is_not_kept_off;
pub(crate) use locks::{UploadLock, Waiting};
pub use roads::{
    CanaryStep, Earlier, LARGE_BYTES, RoadChoice, Segmented, Way, WhyDirect, WhyRoad, choose,
    probe, probe_again,
};
pub(crate) use store::{CONTAINER as UPLOADS_CONTAINER, opening_commands};
pub(crate) use time::monotonic;
pub use tray::Tray;
pub use url_road::NotBegun;

use crate::cloud::Cloud;
use crate::session::Account;
use file_road::FileRoad;
use url_road::UrlRoad;

/// How often the engines are told that time passes, and the requests are shared out anew.
const TICK: Duration = Duration::from_secs(1);

/// All jobs of this tab. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Uploads {
    jobs: RwSignal<Vec<Job>>,
    roads: StoredValue<BTreeMap<u32, Rc<dyn Drive>>, LocalStorage>,
    next_key: StoredValue<u32>,
}

/// What carries a job out. Behind a trait object, so that the roads' code comes with the pages that begin jobs, not with
/// the first page.
trait Drive {
    /// Something happened: in the network, in time, or the user wants something.
    fn hear(self: Rc<Self>, event: Event);

    /// By which the tabs of this browser and the journal know it.
    fn upload(&self) -> Option<String>;

    /// How many requests with data it could use now; `None` when its turn is over, or never comes.
    fn wants(&self) -> Option<usize>;

    /// Sends in one piece what failed in segments.
    fn go_direct(self: Rc<Self>);
}

impl Drive for FileRoad {
    fn hear(self: Rc<Self>, event: Event) {
        match event {
            Event::Retry => self.retry(),
            Event::Cancel => self.cancel(),
            event => self.tell(event),
        }
    }

    fn upload(&self) -> Option<String> {
        Some(self.id().to_owned())
    }

    fn wants(&self) -> Option<usize> {
        Self::wants(self)
    }

    fn go_direct(self: Rc<Self>) {
        Self::go_direct(&self);
    }
}

impl Drive for UrlRoad {
    fn hear(self: Rc<Self>, event: Event) {
        // The cloud does the rest by itself.
        match event {
            Event::Cancel => self.cancel(),
            Event::SignedOut => self.leave(),
            _ => {}
        }
    }

    fn upload(&self) -> Option<String> {
        None
    }

    fn wants(&self) -> Option<usize> {
        None
    }

    fn go_direct(self: Rc<Self>) {}
}

/// The uploads of this tab, which the app provides around every page.
#[allow(clippy::expect_used)] // `app` provides it before any page is drawn.
pub fn use_uploads() -> Uploads {
    use_context::<Uploads>().expect("the app provides the uploads")
}

impl Uploads {
    /// None yet. Call it once, in the app's own owner: it listens to the network and asks before the tab is closed.
    pub fn new() -> Self {
        let uploads = Self {
            jobs: RwSignal::new(Vec::new()),
            roads: StoredValue::new_local(BTreeMap::new()),
            next_key: StoredValue::new(1),
        };
        let tell = move |event: Event| {
            let roads: Vec<Rc<dyn Drive>> =
                uploads.roads.with_value(|roads| roads.values().cloned().collect());
            for road in roads {
                road.hear(event.clone());
            }
        };
        let listeners = [
            window_event_listener_untyped("offline", move |_| tell(Event::Offline)),
            window_event_listener_untyped("online", move |_| tell(Event::Online)),
            window_event_listener_untyped("beforeunload", move |event| {
                if untrack(|| uploads.need_tab()) > 0 {
                    event.prevent_default();
                    // Older Chromium asks only when the value is set.
                    if let Ok(event) = wasm_bindgen::JsCast::dyn_into::<BeforeUnloadEvent>(event) {
                        event.set_return_value("sending");
                    }
                }
            }),
        ];
        let tick = move || {
            tell(Event::Tick);
            uploads.share_out();
        };
        let clock = set_interval_with_handle(tick, TICK);
        if let Some(account) = use_context::<Account>() {
            Effect::new(move |was_here: Option<bool>| {
                let here = account.current().read().is_some();
                if was_here == Some(true) && !here {
                    uploads.leave();
                }
                here
            });
        }
        on_cleanup(move || {
            for listener in listeners {
                listener.remove();
            }
            if let Ok(clock) = clock {
                clock.clear();
            }
        });
        uploads
    }

    /// The jobs, newest first.
    pub fn jobs(self) -> Signal<Vec<Job>> {
        self.jobs.into()
    }

    /// The job that makes (or made) an image.
    pub fn job_of(self, image_id: &str) -> Option<Job> {
        self.jobs.with(|jobs| {
            jobs.iter()
                .find(|job| job.state.with(|state| state.image_id.as_deref() == Some(image_id)))
                .cloned()
        })
    }

    /// How many jobs would be broken off by closing the tab. Follows their states.
    pub fn under_way(self) -> usize {
        self.jobs.with(|jobs| {
            let standing =
                |job: &&Job| job.state.with(|state| state.phase.standing() == Standing::UnderWay);
            jobs.iter().filter(standing).count()
        })
    }

    /// How many closing the tab now would break off: a file in segments that rests loses nothing, nor does one that the
    /// cloud already fetches. Follows their states.
    pub fn need_tab(self) -> usize {
        let needs = |job: &&Job| job.state.with(|state| state.phase.needs_this_tab());
        self.jobs.with(|jobs| jobs.iter().filter(needs).count())
    }

    /// How many go on in this tab, to the comparison at their end; those that rest by the user's wish do not. Follows their
    /// states.
    pub fn at_work(self) -> usize {
        let works = |job: &&Job| {
            job.state.with(|state| {
                state.phase.standing() == Standing::UnderWay
                    && state.phase != JobPhase::File(Phase::Paused)
            })
        };
        self.jobs.with(|jobs| jobs.iter().filter(works).count())
    }

    /// Makes a new image and sends its data.
    pub fn send(self, cloud: Cloud, record: CreateImage, upload: Upload, way: Way) -> Job {
        let name = record.name.clone();
        let road = Rc::new(FileRoad::new(cloud.clone(), record, upload, way));
        let job = self.add(name, &cloud, road.state(), Rc::clone(&road) as Rc<dyn Drive>);
        self.share_out();
        road.begin();
        job
    }

    /// Lets the cloud fetch a new image from a URL, and follows it.
    ///
    /// # Errors
    /// When the cloud refuses the record or the URL; nothing is left behind unless the error says so.
    pub async fn fetch_url(
        self,
        cloud: Cloud,
        record: CreateImage,
        url: &str,
    ) -> Result<Job, NotBegun> {
        let id = url_road::begin(&cloud, &record, url).await?;
        let road = UrlRoad::follow(cloud.clone(), id);
        Ok(self.add(record.name, &cloud, road.state(), road))
    }

    /// Ends a job; what it has made in the cloud is removed.
    pub fn cancel(self, key: u32) {
        self.tell(key, Event::Cancel);
    }

    /// Lets a job rest, where [`JobState::pausing`] says that it can. What is in flight is given up; what has arrived stays.
    pub fn pause(self, key: u32) {
        self.tell(key, Event::Pause);
    }

    /// Lets a paused job go on.
    pub fn resume(self, key: u32) {
        self.tell(key, Event::Resume);
    }

    /// Does a failed or cancelled file again. In segments, what has arrived is not sent again.
    pub fn retry(self, key: u32) {
        self.tell(key, Event::Retry);
    }

    /// Sends in one piece what failed in segments, as a new image.
    pub fn send_in_one_piece(self, key: u32) {
        if let Some(road) = self.roads.with_value(|roads| roads.get(&key).cloned()) {
            road.go_direct();
        }
    }

    /// Takes a job that is over (or one that the cloud does by itself) out of the tray.
    pub fn dismiss(self, key: u32) {
        self.jobs.update(|jobs| jobs.retain(|job| job.key != key));
        self.roads.update_value(|roads| {
            roads.remove(&key);
        });
    }

    /// The user has signed out: what is under way is stopped, also a request that the cloud has let in already, and the next
    /// user does not see what the last one sent. What can be gone on with is offered at the next sign-in.
    fn leave(self) {
        let roads: Vec<Rc<dyn Drive>> =
            self.roads.with_value(|roads| roads.values().cloned().collect());
        for road in roads {
            road.hear(Event::SignedOut);
        }
        self.roads.update_value(BTreeMap::clear);
        self.jobs.set(Vec::new());
    }

    fn tell(self, key: u32, event: Event) {
        if let Some(road) = self.roads.with_value(|roads| roads.get(&key).cloned()) {
            road.hear(event);
        }
        self.share_out();
    }

    /// Who may send how much, the oldest first.
    fn share_out(self) {
        let roads: Vec<Rc<dyn Drive>> =
            self.roads.with_value(|roads| roads.values().cloned().collect());
        let wants: Vec<Option<usize>> = roads.iter().map(|road| road.wants()).collect();
        let widths: Vec<usize> = wants.iter().map(|wanted| wanted.unwrap_or_default()).collect();
        for ((road, wanted), width) in roads.into_iter().zip(wants).zip(queue::share_out(&widths)) {
            if wanted.is_some() {
                road.hear(Event::Allot { width });
            }
        }
    }

    fn add(
        self,
        name: String,
        cloud: &Cloud,
        state: ArcRwSignal<JobState>,
        driver: Rc<dyn Drive>,
    ) -> Job {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.wrapping_add(1));
        let job = Job {
            key,
            name,
            scope: cloud.key(),
            project: cloud.project().name.clone(),
            upload: driver.upload(),
            state,
        };
        self.roads.update_value(|roads| {
            roads.insert(key, driver);
        });
        self.jobs.update(|jobs| jobs.insert(0, job.clone()));
        job
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}
