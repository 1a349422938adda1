//! Connections over TLS, handed on once they are secure: a slow or broken handshake holds up nobody else.

use super::files::{Held, TlsError};
use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many may be under way at once.
const AT_ONCE: usize = 256;

type Secure = (TlsStream<TcpStream>, SocketAddr);

/// A listener that speaks TLS.
#[derive(Debug)]
pub struct TlsListener {
    secure: mpsc::Receiver<Secure>,
    address: SocketAddr,
    work: JoinHandle<()>,
}

impl TlsListener {
    /// Speaks TLS on a listener, with whatever certificate is held at the time.
    ///
    /// # Errors
    /// [`TlsError`] where the listener has no address.
    pub fn new(plain: TcpListener, held: &Arc<Held>) -> Result<Self, TlsError> {
        let address = plain.local_addr().map_err(|error| TlsError::new(error.to_string()))?;
        let acceptor = TlsAcceptor::from(Arc::new(held.config()?));
        let (hand_on, secure) = mpsc::channel(64);
        let work = tokio::spawn(accept_all(plain, acceptor, hand_on));
        Ok(Self { secure, address, work })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Secure {
        match self.secure.recv().await {
            Some(secure) => secure,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept_all(mut plain: TcpListener, acceptor: TlsAcceptor, hand_on: mpsc::Sender<Secure>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // The trait's own accept waits where the machine has no handles left.
        let (stream, address) = Listener::accept(&mut plain).await;
        let (acceptor, hand_on) = (acceptor.clone(), hand_on.clone());
        tokio::spawn(async move {
            let outcome = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            drop(place);
            match outcome {
                Ok(Ok(stream)) => {
                    if hand_on.send((stream, address)).await.is_err() {
                        tracing::debug!("the server had ended");
                    }
                }
                Ok(Err(error)) => tracing::debug!(%error, "a connection did not become secure"),
                Err(_) => tracing::debug!("a connection took too long to become secure"),
            }
        });
    }
}
