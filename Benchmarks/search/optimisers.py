"""The optimisers that are compared, behind one manner of asking and telling.

Each is used as its own documentation recommends, with nothing but its defaults: no number of first points, no model and
no population is chosen for it. It is told the budget, the seed and the scales of the parameters where it takes them,
and of conditions where it can be told of them; otherwise it gets a flat space, in which inactive parameters are without
effect. All of them minimise.

    ask()               a token and a point; inactive parameters may be in it
    tell(token, value)  what came of it: a number, or a tuple with several objectives
    observe(trials)     points and values from elsewhere, by the means that the optimiser has for them
"""

import functools
import hashlib
import importlib.metadata
import json
import logging
import os
import shutil
import subprocess
import tempfile
import time
import warnings

import numpy as np

from problems import active, below


class Optimiser:
    packages = ()
    conditions = False  # whether it is told of conditions
    several = False  # whether it takes several objectives

    def __init__(self, problem, seed, budget, lanes):
        self.problem, self.seed, self.budget, self.lanes = problem, seed, budget, lanes
        self.start()

    @classmethod
    def version(cls):
        return " ".join(f"{name} {importlib.metadata.version(name)}" for name in cls.packages)

    def cpu(self):
        """Seconds of CPU that were used so far by the process in which the optimiser is."""
        return time.process_time()

    def close(self):
        pass


class Random(Optimiser):
    conditions = several = True

    @classmethod
    def version(cls):
        return "numpy " + importlib.metadata.version("numpy")

    def start(self):
        self.generator = np.random.default_rng([77, self.seed])

    def ask(self):
        return None, {parameter.name: parameter.at(self.generator.random()) for parameter in self.problem.space}

    def tell(self, token, value):
        pass

    def observe(self, trials):
        pass


@functools.cache
def digest(program):
    with open(shutil.which(program), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12]


class Attune(Optimiser):
    """`attune session`; the environment variable ATTUNE names the program."""

    strategy = "auto"
    conditions = several = True

    @classmethod
    def version(cls):
        """The digest of the program, since it changes from day to day."""
        return "attune " + digest(os.environ.get("ATTUNE", "attune"))

    def start(self):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "experiment.yaml")
        with open(path, "w") as file:
            json.dump(self.experiment(), file)  # which is YAML, too
        self.session = subprocess.Popen(
            [os.environ.get("ATTUNE", "attune"), "session", path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def experiment(self):
        names = [f"value{index}" for index in range(self.problem.objectives)]
        objectives = [{"minimize": name} for name in names]
        return {
            "attune": 1, "name": "bench", "objective": objectives if len(objectives) > 1 else objectives[0],
            "parameters": {parameter.name: self.parameter(parameter) for parameter in self.problem.space},
            "search": {"strategy": self.strategy, "seed": self.seed, "lanes": self.lanes},
            "budget": {"trials": self.budget, "parallel": self.lanes}}

    @staticmethod
    def parameter(parameter):
        if parameter.kind == "choice":
            described = {"choice": list(parameter.values)}
            if parameter.ordered:
                described["ordered"] = True
        else:
            described = {parameter.kind: [parameter.low, parameter.high]}
            if parameter.log:
                described["scale"] = "log"
        if parameter.when:
            name, values = parameter.when
            described["when"] = f"{name} in {json.dumps(values)}"
        return described

    def call(self, **request):
        self.session.stdin.write(json.dumps(request) + "\n")
        self.session.stdin.flush()
        answer = json.loads(self.session.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"attune says: {answer}")
        return answer

    def ask(self):
        answer = self.call(op="ask", count=1)
        if not answer["trials"]:
            raise StopIteration(answer.get("end"))
        return answer["trials"][0]["id"], answer["trials"][0]["params"]

    def tell(self, token, value):
        self.call(op="tell", id=token, **({"values": value} if isinstance(value, tuple) else {"value": value}))

    def observe(self, trials):
        for point, value in trials:
            self.call(op="observe", params=active(self.problem.space, point), value=value)

    def cpu(self):
        """The session's, by its process's clock (see clock_getcpuclockid(3)). JSON on this side is the caller's."""
        return time.clock_gettime((~self.session.pid << 3) | 2)

    def peak(self):
        """The most memory that the session has had, in MB."""
        with open(f"/proc/{self.session.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024

    def close(self):
        self.session.stdin.close()
        self.session.wait()
        self.session.stdout.close()
        self.folder.cleanup()


class OptunaTPE(Optimiser):
    packages = ("optuna",)
    conditions = several = True

    def start(self):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        directions = ["minimize"] * self.problem.objectives
        self.study = optuna.create_study(directions=directions, sampler=self.sampler(optuna.samplers))

    def sampler(self, samplers):
        return samplers.TPESampler(seed=self.seed)

    def ask(self):
        trial, point = self.study.ask(), {}
        for parameter in self.problem.space:  # as a function of the trial would, parents first
            if parameter.when is None or point.get(parameter.when[0]) in parameter.when[1]:
                point[parameter.name] = self.suggest(trial, parameter)
        return trial, point

    @staticmethod
    def suggest(trial, parameter):
        if parameter.kind == "choice":
            return trial.suggest_categorical(parameter.name, parameter.values)
        suggest = trial.suggest_float if parameter.kind == "float" else trial.suggest_int
        return suggest(parameter.name, parameter.low, parameter.high, log=parameter.log)

    def tell(self, token, value):
        self.study.tell(token, value)

    def observe(self, trials):
        import optuna
        distributions = {parameter.name: self.distribution(optuna.distributions, parameter) for parameter in self.problem.space}
        self.study.add_trials([
            optuna.trial.create_trial(params=point, distributions={name: distributions[name] for name in point}, value=value)
            for point, value in trials])

    @staticmethod
    def distribution(kinds, parameter):
        if parameter.kind == "choice":
            return kinds.CategoricalDistribution(parameter.values)
        kind = kinds.FloatDistribution if parameter.kind == "float" else kinds.IntDistribution
        return kind(parameter.low, parameter.high, log=parameter.log)


class OptunaGP(OptunaTPE):
    packages = ("optuna", "torch")

    def sampler(self, samplers):
        return samplers.GPSampler(seed=self.seed)


def flat(nested):
    """The point of nested choices, each of which is a value with what is below it."""
    point = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            point |= {name: value["is"]} | flat(value["below"])
        else:
            point[name] = value
    return point


class Hyperopt(Optimiser):
    """What `fmin` with `tpe.suggest` does between two evaluations."""

    packages = ("hyperopt",)
    conditions = True

    def start(self):
        from hyperopt import Domain, Trials, tpe
        self.nodes = {}
        self.domain = Domain(lambda point: point, self.branch(None))
        self.trials, self.suggest = Trials(), tpe.suggest
        self.generator = np.random.default_rng(self.seed)

    def branch(self, when):
        """The parameters below a value of a choice; choices nest, as hyperopt's guide shows it."""
        found = below(self.problem.space, when)
        for parameter in found:
            if parameter.name not in self.nodes:
                self.nodes[parameter.name] = self.node(parameter)
        return {parameter.name: self.nodes[parameter.name] for parameter in found}

    def node(self, parameter):
        from hyperopt import hp
        name, low, high = parameter.name, parameter.low, parameter.high
        if parameter.kind == "choice":
            return hp.choice(name, [{"is": value, "below": self.branch((name, value))} for value in parameter.values])
        if parameter.kind == "float":
            return hp.loguniform(name, np.log(low), np.log(high)) if parameter.log else hp.uniform(name, low, high)
        return hp.qloguniform(name, np.log(low), np.log(high), 1) if parameter.log else hp.uniformint(name, low, high)

    def ask(self):
        from hyperopt import space_eval
        number = self.trials.new_trial_ids(1)
        self.trials.refresh()
        trial = self.suggest(number, self.domain, self.trials, int(self.generator.integers(2**31 - 1)))[0]
        self.trials.insert_trial_docs([trial])
        self.trials.refresh()
        values = {name: found[0] for name, found in trial["misc"]["vals"].items() if found}
        return trial, self.within(flat(space_eval(self.domain.expr, values)))

    def within(self, point):
        """`qloguniform` gives whole numbers as floats, and may round them to beyond a bound."""
        for parameter in self.problem.space:
            if parameter.kind == "int" and parameter.name in point:
                point[parameter.name] = int(min(max(round(point[parameter.name]), parameter.low), parameter.high))
        return point

    def tell(self, token, value):
        from hyperopt import JOB_STATE_DONE
        stored = next(trial for trial in reversed(self.trials._dynamic_trials) if trial["tid"] == token["tid"])
        stored["state"] = JOB_STATE_DONE
        stored["result"] = {"loss": value, "status": "ok"}
        self.trials.refresh()


class Nevergrad(Optimiser):
    """NGOpt chooses among Nevergrad's algorithms; a choice is one of dictionaries, which hold what is below it."""

    packages = ("nevergrad",)
    conditions = several = True

    def start(self):
        import nevergrad
        space = self.branch(nevergrad.p, None)
        space.random_state.seed(self.seed)
        self.optimiser = nevergrad.optimizers.NGOpt(parametrization=space, budget=self.budget, num_workers=self.lanes)

    def branch(self, p, when):
        return p.Dict(**{parameter.name: self.node(p, parameter) for parameter in below(self.problem.space, when)})

    def node(self, p, parameter):
        if parameter.kind == "choice":
            options = [p.Dict(**{"is": value, "below": self.branch(p, (parameter.name, value))}) for value in parameter.values]
            return p.TransitionChoice(options) if parameter.ordered else p.Choice(options)
        scale = p.Log if parameter.log else p.Scalar
        node = scale(lower=parameter.low, upper=parameter.high)
        return node.set_integer_casting() if parameter.kind == "int" else node

    def ask(self):
        candidate = self.optimiser.ask()
        return candidate, flat(candidate.value)

    def tell(self, token, value):
        self.optimiser.tell(token, list(value) if isinstance(value, tuple) else value)


class HEBO(Optimiser):
    packages = ("HEBO", "torch")

    def start(self):
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO as Hebo
        torch.manual_seed(self.seed)
        np.random.seed(self.seed)
        self.optimiser = Hebo(DesignSpace().parse([self.node(p) for p in self.problem.space]), scramble_seed=self.seed)

    @staticmethod
    def node(parameter):
        if parameter.kind == "choice":
            return {"name": parameter.name, "type": "cat", "categories": list(parameter.values)}
        kind = {("float", False): "num", ("float", True): "pow", ("int", False): "int", ("int", True): "pow_int"}
        return {"name": parameter.name, "type": kind[parameter.kind, parameter.log], "lb": parameter.low, "ub": parameter.high}

    def ask(self):
        row = self.optimiser.suggest(n_suggestions=1)
        point = {name: value.item() if hasattr(value, "item") else value for name, value in row.iloc[0].items()}
        for parameter in self.problem.space:
            if parameter.kind == "int":
                point[parameter.name] = int(point[parameter.name])
        return row, point

    def tell(self, token, value):
        self.optimiser.observe(token, np.array([[value]]))

    def observe(self, trials):
        import pandas
        self.optimiser.observe(pandas.DataFrame([point for point, _ in trials]), np.array([[value] for _, value in trials]))


class SMAC(Optimiser):
    """The facade for hyperparameters, asked and told; one evaluation a point, since all optimisers get that."""

    packages = ("smac", "ConfigSpace")
    conditions = several = True

    def start(self):
        from smac import HyperparameterOptimizationFacade, Scenario
        self.folder = tempfile.TemporaryDirectory()
        names = [f"value{index}" for index in range(self.problem.objectives)]
        scenario = Scenario(
            self.space(), deterministic=True, n_trials=self.budget, seed=self.seed, n_workers=1,
            objectives=names if len(names) > 1 else names[0], output_directory=self.folder.name)
        self.facade = HyperparameterOptimizationFacade(scenario, lambda config, seed: 0, overwrite=True, logging_level=False)

    def space(self):
        from ConfigSpace import Categorical, ConfigurationSpace, Float, InCondition, Integer, OrdinalHyperparameter
        space, nodes = ConfigurationSpace(seed=self.seed), {}
        for parameter in self.problem.space:
            name, bounds = parameter.name, (parameter.low, parameter.high)
            if parameter.kind == "choice":
                node = OrdinalHyperparameter(name, parameter.values) if parameter.ordered else Categorical(name, parameter.values)
            else:
                node = (Float if parameter.kind == "float" else Integer)(name, bounds, log=parameter.log)
            nodes[name] = node
            space.add(node)
            if parameter.when:
                space.add(InCondition(node, nodes[parameter.when[0]], list(parameter.when[1])))
        return space

    def ask(self):
        trial = self.facade.ask()
        return trial, {name: getattr(value, "item", lambda: value)() for name, value in dict(trial.config).items()}

    def tell(self, token, value):
        from smac.runhistory.dataclasses import TrialValue
        self.facade.tell(token, TrialValue(cost=list(value) if isinstance(value, tuple) else value))

    def observe(self, trials):
        from ConfigSpace import Configuration
        from smac.runhistory.dataclasses import TrialInfo, TrialValue
        for point, value in trials:
            config = Configuration(self.facade.scenario.configspace, values=point)
            self.facade.tell(TrialInfo(config, seed=0), TrialValue(cost=value), save=False)

    def close(self):
        self.folder.cleanup()


class Ax(Optimiser):
    """The client, with dependent parameters below a value. Its spaces are trees: what belongs to several values is flat."""

    packages = ("ax-platform", "botorch")
    conditions = several = True

    def start(self):
        logging.disable(logging.WARNING)
        from ax.api.client import Client
        self.client = Client(random_seed=self.seed)
        self.client.configure_experiment(parameters=[self.node(parameter) for parameter in self.problem.space])
        self.names = [f"value{index}" for index in range(self.problem.objectives)]
        self.client.configure_optimization(objective=", ".join(f"-{name}" for name in self.names))

    def node(self, parameter):
        from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig
        if parameter.kind != "choice":
            return RangeParameterConfig(
                name=parameter.name, bounds=(parameter.low, parameter.high), parameter_type=parameter.kind,
                scaling="log" if parameter.log else None)
        dependent = {value: [p.name for p in below(self.problem.space, (parameter.name, value)) if len(p.when[1]) == 1]
                     for value in parameter.values}
        return ChoiceParameterConfig(
            name=parameter.name, values=list(parameter.values), is_ordered=parameter.ordered or None,
            parameter_type="int" if isinstance(parameter.values[0], int) else "str",
            dependent_parameters={value: names for value, names in dependent.items() if names} or None)

    def ask(self):
        [(token, point)] = self.client.get_next_trials(max_trials=1).items()
        return token, dict(point)

    def tell(self, token, value):
        values = value if isinstance(value, tuple) else (value,)
        self.client.complete_trial(token, raw_data=dict(zip(self.names, values)))

    def observe(self, trials):
        for point, value in trials:
            self.tell(self.client.attach_trial(parameters=point), value)


def attune_with(strategy, takes_several):
    return type(f"Attune{strategy.title()}", (Attune,), {"strategy": strategy, "several": takes_several})


OPTIMISERS = {
    "random": Random, "attune": Attune, "attune-bayesian": attune_with("bayesian", True),
    "attune-tpe": attune_with("tpe", True), "attune-cmaes": attune_with("cmaes", False),
    "attune-evolution": attune_with("evolution", True), "attune-random": attune_with("random", True),
    "optuna-tpe": OptunaTPE, "optuna-gp": OptunaGP, "hyperopt": Hyperopt, "nevergrad": Nevergrad, "hebo": HEBO,
    "smac": SMAC, "ax": Ax}


def quietly(function):
    """The peers warn of much that is not the benchmark's."""
    @functools.wraps(function)
    def wrapped(*arguments, **named):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*arguments, **named)
    return wrapped
