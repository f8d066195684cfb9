//! What is done to the instance around the making of its image: it is shut down, and started again.

use openstack::compute::Server;
use openstack::{ApiError, ErrorKind, ServerId};

use super::looks::{BELIEVED, Looks};
use super::order::{self, Stopping};
use super::run::Run;
use super::search::is_lost;
use super::state::{End, Phase, Switched};

impl Run {
    /// Off, or how it ended.
    pub(super) async fn shut_down(&self, server: &ServerId) -> Result<(), End> {
        self.phase(Phase::Stopping);
        let now = self.cloud.server(server).await.map_err(End::NotAsked)?;
        if order::stopping(&now) == Stopping::Off {
            return Ok(());
        }
        match self.cloud.stop_server(server).await {
            Ok(()) => {}
            // It may be shutting down already, or the answer was lost: looking tells.
            Err(error) if error.kind == ErrorKind::Conflict || is_lost(&error) => {
                let now = self.cloud.server(server).await.map_err(End::Lost)?;
                if order::stopping(&now) == Stopping::RunsOn {
                    return Err(End::NotAsked(error));
                }
            }
            Err(error) => return Err(End::NotAsked(error)),
        }
        let mut looks = Looks::new();
        let mut runs_on = 0;
        loop {
            match looks.server(&self.cloud, server).await.map_err(End::Lost)? {
                Some(now) => match order::stopping(&now) {
                    Stopping::Off => return Ok(()),
                    Stopping::Wait => runs_on = 0,
                    Stopping::RunsOn if runs_on >= BELIEVED => return Err(End::RunsOn),
                    Stopping::RunsOn => runs_on += 1,
                },
                None => return Err(End::RunsOn),
            }
            looks.pause().await;
        }
    }

    /// Starts the instance again, where that is wanted. Its disk may still be read: then it is waited for.
    pub(super) async fn start_again(&self, server: &ServerId) {
        if !self.is_off() {
            return;
        }
        let mut looks = Looks::new();
        let mut other = 0;
        loop {
            let now = match looks.server(&self.cloud, server).await {
                Ok(Some(now)) => now,
                Ok(None) => return self.switched(Switched::NotStarted(None)),
                Err(error) => return self.switched(Switched::NotStarted(Some(error))),
            };
            if order::can_start(&now) {
                match self.cloud.start_server(server).await {
                    Ok(()) => break,
                    // Something else began between the look and the start, or nobody knows: looking tells.
                    Err(error) if other < BELIEVED && may_have_begun(&error) => other += 1,
                    Err(error) => return self.switched(Switched::NotStarted(Some(error))),
                }
            } else if runs(&now) {
                // Somebody has started it meanwhile.
                return self.switched(Switched::On);
            } else if now.task_state.is_none() {
                other += 1;
                if other > BELIEVED {
                    return self.switched(Switched::NotStarted(None));
                }
            }
            looks.pause().await;
        }
        self.switched(Switched::Starting);
        // From here on the cloud does it by itself.
        self.memory.forget();
        let mut still = 0;
        loop {
            match looks.server(&self.cloud, server).await {
                Ok(Some(now)) if runs(&now) => return self.switched(Switched::On),
                Ok(Some(now)) if now.task_state.is_some() => still = 0,
                Ok(Some(_)) if still < BELIEVED => still += 1,
                Ok(_) => return self.switched(Switched::NotStarted(None)),
                Err(error) => return self.switched(Switched::NotStarted(Some(error))),
            }
            looks.pause().await;
        }
    }
}

fn runs(server: &Server) -> bool {
    server.status == openstack::compute::ServerStatus::Active && server.task_state.is_none()
}

fn may_have_begun(error: &ApiError) -> bool {
    error.kind == ErrorKind::Conflict || is_lost(error)
}
