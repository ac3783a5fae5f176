//! Two services behind nginx, restarted one after the other under load.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use crate::http::{Connection, eventually, get, path};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

/// nginx, killed when dropped.
struct Nginx(Child);

impl Nginx {
    /// Starts nginx on this address in front of two others; `None` when it is not installed.
    fn start(
        folder: &std::path::Path,
        listen: SocketAddr,
        upstreams: [SocketAddr; 2],
    ) -> Option<Self> {
        let [one, other] = upstreams;
        let configuration = format!(
            "daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
             events {{ worker_connections 1024; }}
             http {{
               access_log off;
               client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
               fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
               upstream bff {{ server {one} max_fails=0; server {other} max_fails=0; keepalive 32; }}
               server {{
                 listen {listen};
                 location / {{
                   proxy_pass http://bff; proxy_http_version 1.1; proxy_set_header Connection \"\";
                   proxy_next_upstream error timeout http_503;
                 }}
               }}
             }}",
            folder = folder.display()
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(&file).stderr(Stdio::null());
        command.spawn().ok().map(Self)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &pid]).status();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_rolling_restart_behind_nginx_fails_no_request() {
    let upstream = Upstream::start(Reply::Slow(Duration::from_millis(5)));
    let addresses = [free_address(), free_address()];
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    let Some(_nginx) = Nginx::start(folder.path(), listen, addresses) else {
        eprintln!("NOT CHECKED HERE: nginx is not installed");
        return;
    };
    let start = |address: SocketAddr| {
        let args = ["--drain-delay", "300ms"];
        let bff = Bff::start_at(&address.to_string(), &upstream.url(), &args);
        eventually("it is ready", || get(bff.operations, "/ready").status == 200);
        bff
    };
    let mut running = addresses.map(start);
    eventually("nginx answers", || {
        let answer =
            Connection::to(listen).and_then(|mut it| it.request("GET", &path("support"), ""));
        answer.is_ok_and(|answer| answer.status == 200)
    });

    let (ended, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (ended, answered) = (Arc::clone(&ended), Arc::clone(&answered));
            thread::spawn(move || {
                let mut connection = Connection::to(listen).unwrap();
                while !ended.load(Relaxed) {
                    let answer = connection.request("GET", &path("support"), "").unwrap();
                    assert_eq!(answer.status, 200, "{answer:?}");
                    answered.fetch_add(1, Relaxed);
                    if answer.header("connection") == Some("close") {
                        connection = Connection::to(listen).unwrap();
                    }
                }
            })
        })
        .collect();
    for round in 1..=2 {
        for bff in &mut running {
            let before = answered.load(Relaxed);
            eventually("requests are answered", || answered.load(Relaxed) > before + 50);
            let address = bff.api;
            bff.signal("TERM");
            assert_eq!(bff.wait().code(), Some(0), "round {round}");
            *bff = start(address);
        }
    }
    ended.store(true, Relaxed);
    for client in clients {
        client.join().unwrap();
    }
    assert!(answered.load(Relaxed) > 200);
}
