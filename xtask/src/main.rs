//! The project's own commands. `cargo xtask --help` lists them, `cargo xtask test` is the one to trust a change by.
//!
//! It builds, serves, measures and checks; it holds no logic of the product. What a command needs and the machine lacks is
//! installed with a line saying so ([`doctor`]), and whatever a command starts ends with it ([`children`]).
#![expect(
    clippy::disallowed_methods,
    reason = "a native tool: it times its steps and waits for the processes it starts"
)]

mod bench;
mod browsers;
mod build;
mod checklist;
mod children;
mod ci;
mod debian;
mod declarations;
mod demo;
mod doctor;
mod functions;
mod fuzz;
mod golden;
mod inline;
mod job;
mod lengths;
mod licences;
mod packages;
mod reference;
mod relay;
mod serve;
mod server;
mod shorten;
mod simulator;
mod size;
mod statics;
mod suites;
mod test;
mod tickets;
mod tools;
mod tree;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of wa-presence", disable_help_subcommand = true)]
struct Cli {
    /// Install missing system packages (browsers) with sudo apt-get
    #[arg(long, global = true)]
    install: bool,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the npm package's wasm and glue into pkg/dist
    Build(build::Args),
    /// Build, start a simulated gateway and a relay, and serve the dashboard; stops on ctrl-c
    Demo(demo::Args),
    /// Everything that makes a change trustworthy: native, browser, Node and end-to-end tests
    Test(test::Args),
    /// Measure the shipped package in Chromium (tests/bench/*.mjs) and the machine natively (benches/*.rs)
    Bench(bench::Args),
    /// Fuzz on nightly, each target for some minutes
    Fuzz(fuzz::Args),
    /// Print the shipped sizes and hold them against docs/size-budget.json; with --functions, what they consist of
    Size(size::Args),
    /// Compare the generated TypeScript declarations with tests/golden and type-check tests/types
    Golden(golden::Args),
    /// Write the API's reference, target/reference, from the declarations; a warning is a failure
    Reference,
    /// `test` in three engines, plus fmt, clippy, docs, deny, golden, size and file lengths
    Ci,
    /// For the end-to-end tests: start the servers, print one JSON line, stop when stdin closes
    #[command(hide = true)]
    Serve(serve::Args),
    /// Ends the processes of a command that was killed before it could
    #[command(hide = true, name = children::WARDEN)]
    Warden,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let consent = doctor::Consent { install: cli.install };
    let done = tree::program().and_then(|_| run(cli.task, consent));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<checklist::Reported>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, consent: doctor::Consent) -> anyhow::Result<()> {
    match task {
        Task::Build(args) => build::main(&args),
        Task::Demo(args) => demo::main(args, consent),
        Task::Test(args) => test::main(&args, consent),
        Task::Bench(args) => bench::main(&args, consent),
        Task::Fuzz(args) => fuzz::main(&args),
        Task::Size(args) => size::main(&args),
        Task::Golden(args) => golden::main(&args),
        Task::Reference => reference::main(),
        Task::Ci => ci::main(consent),
        Task::Serve(args) => serve::main(&args),
        Task::Warden => children::warden(),
    }
}
