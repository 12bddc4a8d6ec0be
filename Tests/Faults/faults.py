"""Kills, starves and cuts off `attune apply`, and looks at what is left.

    python3 Tests/Faults/faults.py ATTUNE kill       SIGKILL at each system call that writes or starts something (strace)
    python3 Tests/Faults/faults.py ATTUNE random     SIGKILL at random moments of a longer run
    python3 Tests/Faults/faults.py ATTUNE errors     a system call fails: EIO, ENOSPC, EMFILE, EAGAIN (strace)
    python3 Tests/Faults/faults.py ATTUNE applies    fifty applies at once
    python3 Tests/Faults/faults.py ATTUNE full       a file system that is full (needs root: mounts a tmpfs)
    python3 Tests/Faults/faults.py ATTUNE power      the power is cut (needs root: mounts an ext4 in a file)

After each fault the same command is given again. Then must hold: it ends well, with the result of a run that nothing
happened to; no trial whose outcome was recorded has run again; no trial has run without a record of it; the journal and
the manifest are whole; and no process of a trial is left. docs/reliability.md tells what came of it.

`--points N` tries N of the faults, chosen by `--seed`, in place of all.
"""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

TRIALS = 12

EXPERIMENT = """\
attune: 1
name: faults
objective: {{minimize: loss}}
parameters: {{x: {{int: [1, {trials}]}}}}
search: {{strategy: grid}}
budget: {{parallel: 2}}
trial: {{run: "sh trial.sh ${{x}}", inputs: [trial.sh]}}
"""

# Notes that it runs; the fourth trial leaves a process behind, which has a session of its own.
TRIAL = """\
echo $1 >> ran
[ $1 != 4 ] || setsid sleep 1000 &
[ ! -e pause ] || sleep $(cat pause)
echo loss=$(( ($1 * 7) % 5 ))
"""

WRITING = [
    "write", "pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "link", "unlink", "mkdir", "openat", "clone3",
    "clone", "wait4", "waitid", "kill", "close", "flock",
]


class Broken(Exception):
    """Something that must hold does not."""


class Project:
    """A folder with an experiment, and the program."""

    def __init__(self, attune, folder, trials=TRIALS, pause=None):
        self.attune = attune
        self.folder = pathlib.Path(folder)
        self.trials = trials
        (self.folder / "e.yaml").write_text(EXPERIMENT.format(trials=trials))
        (self.folder / "trial.sh").write_text(TRIAL)
        if pause is not None:
            (self.folder / "pause").write_text(str(pause))

    @property
    def command(self):
        return [self.attune, "apply", "e.yaml", "--yes", "--json", "--progress", "none"]

    def run(self, command, **options):
        return subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)

    def start(self):
        return subprocess.Popen(
            self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def count(self, sql):
        """A number from the journal; 0 where there is none yet."""
        path = self.folder / ".attune" / "journal.sqlite"
        if not path.exists():
            return 0
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
            try:
                return journal.execute(sql).fetchone()[0]
            except sqlite3.OperationalError:
                return 0

    def launches(self):
        ran = self.folder / "ran"
        return len(ran.read_text().split()) if ran.exists() else 0

    def processes(self):
        """The processes of its trials."""
        mark = f"ATTUNE_TRIAL_DIR={self.folder}/".encode()
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    if mark in pathlib.Path(f"/proc/{entry}/environ").read_bytes():
                        found.append(int(entry))
        return found

    def await_quiet(self, seconds=10):
        end = time.monotonic() + seconds
        while left := self.processes():
            if time.monotonic() > end:
                raise Broken(f"processes are left: {left}")
            time.sleep(0.01)

    def result(self):
        results = self.folder / "results" / "faults"
        manifest = json.loads((results / "manifest.json").read_text())
        return json.dumps(manifest["content"], sort_keys=True), (results / "trials.jsonl").read_text()

    def go_on(self, reference):
        """Applies again, and checks what must hold."""
        self.await_quiet()
        recorded = self.count("SELECT count(DISTINCT key) FROM outcome")
        output = self.run(self.command, timeout=120)
        if output.returncode != 0:
            raise Broken(f"the next apply ends with {output.returncode}: {output.stderr}")
        executed = json.loads(output.stdout)["executed"]
        if executed != self.trials - recorded:
            raise Broken(f"{recorded} of {self.trials} outcomes were recorded, and {executed} trials have run again")
        self.check(reference)

    def check(self, reference):
        if self.result() != reference:
            raise Broken("the result is another one")
        if self.launches() > self.count("SELECT count(*) FROM intent"):
            raise Broken("a trial has run without a record of it")
        for command in (["doctor"], ["verify", "results/faults/manifest.json"]):
            output = self.run([self.attune, *command])
            if output.returncode != 0:
                raise Broken(f"{command[0]} ends with {output.returncode}: {output.stdout}{output.stderr}")
        self.await_quiet()


class Faults:
    def __init__(self, attune, points, seed, folder):
        self.attune = attune
        self.points = points
        self.random = random.Random(seed)
        self.folder = folder
        self.references = {}
        self.tried = self.broken = 0

    @contextlib.contextmanager
    def project(self, **options):
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Project(self.attune, os.path.realpath(folder), **options)

    def reference(self, trials=TRIALS):
        """The result of a run that nothing happens to."""
        if trials not in self.references:
            with self.project(trials=trials) as project:
                output = project.run(project.command)
                if output.returncode != 0:
                    raise SystemExit(f"apply fails undisturbed: {output.stderr}")
                self.references[trials] = project.result()
                project.check(self.references[trials])
        return self.references[trials]

    def attempt(self, name, body):
        """Tries a fault, and notes whether what must hold did."""
        self.tried += 1
        try:
            return body()
        except (Broken, subprocess.TimeoutExpired, json.JSONDecodeError, OSError) as error:
            self.broken += 1
            print(f"BROKEN {name}: {error}", flush=True)
            return None

    def chosen(self, points):
        points = list(points)
        if self.points is None or self.points >= len(points):
            return points
        return sorted(self.random.sample(points, self.points))

    # A system call at which the apply is killed, or that fails.

    def injected(self, call, what, number):
        """Applies with a fault at the number-th call of each thread. Returns whether there is such a call."""
        reference = self.reference()
        with self.project() as project:
            log = project.folder / "strace.log"
            # The processes that it starts are let go when they become another program.
            trace = ["strace", "-f", "-b", "execve", "-qq", "-o", str(log), "-e", f"trace={call}",
                     "-e", f"inject={call}:{what}:when={number}"]
            output = project.run(trace + project.command, timeout=120)
            sign = "+++ killed by SIGKILL" if what == "signal=KILL" else "(INJECTED)"
            if sign not in log.read_text(errors="replace"):
                return False
            log.unlink()
            project.go_on(reference)
            return True

    def every(self, call, what):
        """At the first call, the second, and so on, until there is none."""
        for number in range(1, 5000):
            if self.attempt(f"{call} {number} {what}", lambda: self.injected(call, what, number)) is False:
                self.tried -= 1
                return number - 1

    def kill(self):
        if self.points is not None:
            for _ in range(self.points):
                call, number = self.random.choice(WRITING), self.random.randint(1, 40)
                if self.attempt(f"{call} {number}", lambda: self.injected(call, "signal=KILL", number)) is False:
                    self.tried -= 1
            return
        for call in WRITING:
            print(f"{call}: killed at each of {self.every(call, 'signal=KILL')}", flush=True)

    def errors(self):
        cases = [
            ("fdatasync", "error=EIO"), ("fsync", "error=EIO"), ("pwrite64", "error=ENOSPC"), ("pwrite64", "error=EIO"),
            ("write", "error=ENOSPC"), ("openat", "error=EMFILE"), ("openat", "error=ENOSPC"), ("mkdir", "error=ENOSPC"),
            ("rename", "error=EIO"), ("clone3", "error=EAGAIN"), ("clone", "error=EAGAIN"), ("link", "error=EMLINK"),
            ("unlink", "error=EIO"), ("ftruncate", "error=EIO"),
        ]
        points = [(call, what, number) for call, what in cases for number in range(1, 31)]
        for call, what, number in self.chosen(points):
            if self.attempt(f"{call} {number} {what}", lambda: self.injected(call, what, number)) is False:
                self.tried -= 1

    # A moment at which it is killed.

    def random_moments(self):
        trials = 60
        reference = self.reference(trials)
        for number in range(self.points or 200):
            def body():
                with self.project(trials=trials, pause="0.01") as project:
                    # Several kills, one after the other.
                    for _ in range(self.random.randint(1, 3)):
                        apply = project.start()
                        time.sleep(self.random.uniform(0, 0.6))
                        apply.send_signal(signal.SIGKILL)
                        apply.communicate()
                    project.go_on(reference)
            self.attempt(f"moment {number}", body)

    def applies(self):
        reference = self.reference()

        def body():
            with self.project(pause="0.5") as project:
                began = time.monotonic()
                applies = [project.start() for _ in range(50)]
                losers, slowest = 0, 0.0
                for apply in applies:
                    errors = apply.communicate(timeout=120)[1]
                    if apply.returncode == 75:
                        losers += 1
                        if "another attune" not in errors and "is at work" not in errors and "applying" not in errors:
                            raise Broken(f"one that lost does not say to whom: {errors}")
                    elif apply.returncode != 0:
                        raise Broken(f"one ends with {apply.returncode}: {errors}")
                project.check(reference)
                if project.launches() != TRIALS:
                    raise Broken(f"{project.launches()} launches of {TRIALS} trials")
                print(f"{50 - losers} of 50 applies went through, one after the other; {losers} were refused")
        self.attempt("fifty applies", body)

    def full(self):
        """Somebody fills the disk at a random moment. The apply waits until there is room again, or is stopped meanwhile; one
        that cannot begin says so."""
        reference = self.reference()
        paused = 0
        for number in range(self.points or 60):
            def body():
                nonlocal paused
                with mounted("tmpfs", "tmpfs", "size=16m") as place, tempfile.TemporaryFile("a+") as said:
                    project = Project(self.attune, place, pause="0.05")
                    apply = subprocess.Popen(
                        project.command[:-1] + ["plain"], cwd=place, stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL, stderr=said, text=True)
                    time.sleep(self.random.uniform(0, 0.5))
                    fill(f"{place}/filler")
                    is_paused = await_words(apply, said, "paused: no space")
                    stops = is_paused and self.random.random() < 0.3
                    if stops:
                        apply.send_signal(signal.SIGINT)
                        apply.wait(timeout=10)
                    os.unlink(f"{place}/filler")
                    apply.wait(timeout=120)
                    said.seek(0)
                    words = said.read()
                    paused += is_paused
                    wanted = (130, 74) if stops else (0,) if is_paused else (0, 74)
                    if apply.returncode not in wanted:
                        raise Broken(f"it ends with {apply.returncode}: {words}")
                    if is_paused and not stops and "there is space again" not in words:
                        raise Broken(f"it does not say that it goes on: {words}")
                    if apply.returncode == 74 and "space" not in words and "full" not in words:
                        raise Broken(f"it does not say that the disk is full: {words}")
                    project.go_on(reference)
            self.attempt(f"moment {number}", body)
        print(f"{paused} of them were paused")

    def power(self):
        """The file system forgets what was not flushed, as if the power had gone (FS_IOC_SHUTDOWN without a flush)."""
        trials = 40
        reference = self.reference(trials)
        with tempfile.TemporaryDirectory() as outside:
            image = f"{outside}/image"
            for number in range(self.points or 100):
                def body():
                    with open(image, "wb") as file:
                        file.truncate(64 << 20)
                    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
                    acknowledged = 0
                    with mounted("ext4", image, "loop") as place:
                        project = Project(self.attune, place, trials=trials, pause="0.01")
                        os.sync()
                        apply = project.start()
                        time.sleep(self.random.uniform(0.05, 0.8))
                        acknowledged = project.count("SELECT count(*) FROM outcome")
                        shut_down(place)
                        apply.send_signal(signal.SIGKILL)
                        apply.communicate()
                        end = time.monotonic() + 10
                        while project.processes() and time.monotonic() < end:
                            time.sleep(0.01)
                    subprocess.run(["e2fsck", "-p", image], stdout=subprocess.DEVNULL)
                    with mounted("ext4", image, "loop") as place:
                        project = Project(self.attune, place, trials=trials)
                        (project.folder / "pause").unlink(missing_ok=True)
                        kept = project.count("SELECT count(*) FROM outcome")
                        if kept < acknowledged:
                            raise Broken(f"{acknowledged} outcomes were recorded, and {kept} are there")
                        # What trials noted themselves was never flushed.
                        (project.folder / "ran").unlink(missing_ok=True)
                        project.go_on(reference)
                self.attempt(f"cut {number}", body)


def fill(path):
    """Leaves no room on a file system."""
    with open(path, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(512))


def await_words(process, file, words):
    """Waits until a process has written these words to a file, or has ended. Returns whether it has written them."""
    while True:
        is_over = process.poll() is not None
        file.seek(0)
        if words in file.read():
            return True
        if is_over:
            return False
        time.sleep(0.01)


@contextlib.contextmanager
def mounted(kind, source, options):
    with tempfile.TemporaryDirectory() as place:
        place = os.path.realpath(place)
        subprocess.run(["mount", "-t", kind, "-o", options, source, place], check=True)
        try:
            yield place
        finally:
            # The guardian of an apply that has just ended may be a moment behind it.
            until = time.monotonic() + 10
            while subprocess.run(["umount", place], stderr=subprocess.DEVNULL).returncode and time.monotonic() < until:
                time.sleep(0.1)
            if os.path.ismount(place):
                subprocess.run(["umount", place], check=True)


def shut_down(place):
    """FS_IOC_SHUTDOWN with FS_SHUTDOWN_FLAGS_NOLOGFLUSH, from the kernel's fs/ext4/ext4.h."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, 0x8004587D, ctypes.c_uint32(2))
    finally:
        os.close(descriptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("attune")
    parser.add_argument("fault", choices=["kill", "random", "errors", "applies", "full", "power"])
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where projects are made (default: the system's folder for temporary files)")
    options = parser.parse_args()
    if options.fault in ("kill", "errors") and not shutil.which("strace"):
        sys.exit("strace is missing")
    faults = Faults(os.path.realpath(options.attune), options.points, options.seed, options.folder)
    body = {"random": faults.random_moments}.get(options.fault) or getattr(faults, options.fault)
    body()
    print(f"{options.fault}: {faults.tried} faults, {faults.broken} broken promises")
    sys.exit(1 if faults.broken else 0)


if __name__ == "__main__":
    # In the background of a shell they are ignored, and an apply that is started so ignores them too.
    for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    main()
