//! The BFF beside nginx as a proxy that passes requests on unchanged.
//!
//! Both stand in front of the same service, an nginx with one answer. Each contestant has a core for
//! itself; wrk and the service share the other one. The measurements of a pair follow each other, and a
//! ratio is the median over the pairs, so that a slow moment of the machine hits both.

use super::contestant::{Contestant, Kind, Upstream};
use super::machine::{self, Foreign};
use super::page::{self, Goal, Row, Section};
use super::wrk::{self, Load, Wrk};
use super::{CORES, Effort};
use crate::TaskError;
use crate::command::program;

/// How many connections ask at once, and how many of nginx's requests per second the BFF must reach.
const SPEEDS: [(usize, f64); 4] = [(1, 0.95), (16, 0.85), (32, 0.85), (128, 0.85)];

/// The connections with which memory and CPU are compared.
const COMPARED: usize = 32;

/// The connections that wait for a request.
const IDLE: usize = 10_000;

/// Measures both contestants. Needs nginx and wrk.
pub(super) fn measure(effort: &Effort, foreign: Foreign) -> Result<Section, TaskError> {
    // wrk prints its version and fails.
    program("wrk", "--version").run_allowing(&[1])?;
    let mut bench = Bench { effort, foreign, rows: Vec::new() };
    bench.foreign.expect_quiet()?;
    bench.side_by_side()?;
    bench.log_of_each_request()?;
    bench.idle()?;
    bench.two_processes()?;
    let nginx = program("dpkg-query", "--showformat=${Version} --show nginx-light")
        .output()
        .unwrap_or_else(|_| "of another origin".to_owned());
    let method = format!(
        "nginx is {nginx}. {} rounds; each measurement takes {} s.",
        effort.rounds, effort.seconds
    );
    Ok(Section { name: "bff", method, table: page::side_by_side(&bench.rows) })
}

struct Bench<'a> {
    effort: &'a Effort,
    foreign: Foreign,
    rows: Vec<Row>,
}

/// The same measurement of both contestants, once or more often.
#[derive(Default)]
struct Pairs {
    bff: Vec<f64>,
    nginx: Vec<f64>,
}

impl Pairs {
    fn push(&mut self, kind: Kind, value: f64) {
        match kind {
            Kind::Bff => self.bff.push(value),
            Kind::Nginx => self.nginx.push(value),
        }
    }

    fn row(&self, what: &str, decimals: usize, goal: Goal) -> Row {
        Row::new(what, "nginx", &self.bff, &self.nginx, decimals, goal)
    }
}

impl Bench<'_> {
    /// Requests per second, slowest requests, CPU and memory.
    fn side_by_side(&mut self) -> Result<(), TaskError> {
        let upstream = Upstream::start(CORES[1])?;
        let contestants = Kind::BOTH.map(|kind| Contestant::start(kind, &upstream, CORES[0], ""));
        let contestants = contestants.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (mut cpu, mut memory) = (Pairs::default(), Pairs::default());
        for (connections, goal) in SPEEDS {
            let (mut speed, mut slowest) = (Pairs::default(), Pairs::default());
            for pair in 0..self.effort.rounds {
                for contestant in order(&contestants, pair) {
                    let load = self.load(contestant, &upstream, connections)?;
                    speed.push(contestant.kind, load.per_second);
                    slowest.push(contestant.kind, load.slowest_percent.as_secs_f64() * 1e6);
                    if connections == COMPARED {
                        let per_request = load.cpu.as_secs_f64() * 1e6 / load.requests as f64;
                        cpu.push(contestant.kind, per_request);
                        memory.push(contestant.kind, contestant.memory()? / 1024.0);
                    }
                }
            }
            let at = format!("at {connections} connections");
            self.report(speed.row(&format!("requests per second {at}"), 0, Goal::AtLeast(goal)));
            self.report(slowest.row(&format!("p99 {at}, µs"), 0, Goal::AtMost(1.5)));
        }
        let at = format!("at {COMPARED} connections");
        self.report(cpu.row(&format!("CPU per request {at}, µs"), 1, Goal::AtMost(1.2)));
        self.report(memory.row(&format!("resident memory {at}, MiB"), 1, Goal::AtMost(1.5)));
        Ok(())
    }

    /// Both write a line for each request, which nobody reads.
    fn log_of_each_request(&mut self) -> Result<(), TaskError> {
        let upstream = Upstream::start(CORES[1])?;
        let contestants =
            Kind::BOTH.map(|kind| Contestant::start(kind, &upstream, CORES[0], "log"));
        let contestants = contestants.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut speed = Pairs::default();
        for pair in 0..self.effort.rounds {
            for contestant in order(&contestants, pair) {
                let load = self.load(contestant, &upstream, COMPARED)?;
                speed.push(contestant.kind, load.per_second);
            }
        }
        let what = format!("requests per second at {COMPARED} connections, each request logged");
        self.report(speed.row(&what, 0, Goal::None));
        Ok(())
    }

    /// The memory of connections that have made a request and wait for the next one.
    fn idle(&mut self) -> Result<(), TaskError> {
        machine::allow_files(IDLE as u64 + 1000)?;
        let upstream = Upstream::start(CORES[1])?;
        let mut memory = Pairs::default();
        for kind in Kind::BOTH {
            let contestant = Contestant::start(kind, &upstream, CORES[0], "")?;
            let _first = wrk::open(&contestant.url, 1)?;
            let before = contestant.memory()?;
            let _open = wrk::open(&contestant.url, IDLE)?;
            memory.push(kind, (contestant.memory()? - before) / IDLE as f64);
            // They keep no one out.
            wrk::open(&contestant.url, 1)?;
        }
        let what = format!("memory of each of {IDLE} idle connections, KiB");
        self.report(memory.row(&what, 1, Goal::OursAtMost(20.0)));
        Ok(())
    }

    /// How much more two processes carry on two cores than one on one core. Each has wrk and a service
    /// on its own core, since there are only two.
    fn two_processes(&mut self) -> Result<(), TaskError> {
        let upstreams = CORES.map(Upstream::start).into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut growth = Pairs::default();
        for kind in Kind::BOTH {
            let contestants = CORES.iter().zip(&upstreams);
            let contestants: Vec<_> = contestants
                .map(|(core, upstream)| Contestant::start(kind, upstream, *core, ""))
                .collect::<Result<_, _>>()?;
            for _ in 0..self.effort.rounds {
                let one = self.together(&contestants[..1], &upstreams[..1])?;
                let two = self.together(&contestants, &upstreams)?;
                growth.push(kind, two / one);
            }
        }
        self.report(growth.row(
            "two processes on two cores, beside one",
            2,
            Goal::OursAtLeast(2.0),
        ));
        Ok(())
    }

    /// The requests per second of all contestants at the same time.
    fn together(
        &mut self,
        contestants: &[Contestant],
        upstreams: &[Upstream],
    ) -> Result<f64, TaskError> {
        let processes: Vec<_> = contestants
            .iter()
            .map(Contestant::process)
            .chain(upstreams.iter().map(|upstream| upstream.process))
            .collect();
        let seconds = self.effort.seconds;
        self.foreign.watch(&processes, || {
            let wrks: Vec<_> = contestants
                .iter()
                .map(|it| Wrk::start(&it.url, it.core, 16, seconds))
                .collect::<Result<_, _>>()?;
            let loads = wrks.into_iter().map(Wrk::finish);
            loads.map(|load| Ok(load?.per_second)).sum()
        })
    }

    fn load(
        &mut self,
        contestant: &Contestant,
        upstream: &Upstream,
        connections: usize,
    ) -> Result<Load, TaskError> {
        let seconds = self.effort.seconds;
        self.foreign.watch(&[contestant.process(), upstream.process], || {
            let before = machine::cpu_of(contestant.process())?;
            let wrk = Wrk::start(&contestant.url, CORES[1], connections, seconds)?;
            let mut load = wrk.finish()?;
            load.cpu = machine::cpu_of(contestant.process())? - before;
            Ok(load)
        })
    }

    fn report(&mut self, row: Row) {
        println!("{row}");
        self.rows.push(row);
    }
}

/// The contestants in turns: the first of one pair is the second of the next one.
fn order(contestants: &[Contestant], pair: usize) -> impl Iterator<Item = &Contestant> {
    let count = contestants.len();
    (0..count).map(move |place| &contestants[(place + pair) % count])
}
