/// What stands below `trial`, and `secrets`.
extension Explanation {
  static let trial = [
    Explanation(
      "E1030", "A trial has a command and a script",
      """
      `run` is a command, split into arguments and started without a shell; `shell` is a script. A trial is one of them.
      """,
      wrong: "trial: {run: 'python train.py ${args}', shell: 'python train.py --lr \"$lr\"', inputs: []}",
      right: "trial: {shell: 'python train.py --lr \"$lr\" | tee log', inputs: []}"),
    Explanation(
      "E1031", "A secret stands twice",
      """
      `secrets` is a list of names, each of which says all there is to say once.
      """,
      wrong: "secrets: [HF_TOKEN, HF_TOKEN]", right: "secrets: [HF_TOKEN]"),
    Explanation(
      "E1032", "A secret's value is written out",
      """
      What stands under `environment` goes into the plan, the journal and the manifest. A secret does not: attune takes it \
      from its own environment and hands it on.
      """,
      wrong: "secrets: [TOKEN]\ntrial: {run: 'a ${args}', inputs: [], environment: {TOKEN: abc}}",
      right: "secrets: [TOKEN]"),
    Explanation(
      "E1033", "A secret's value stands where its name belongs",
      """
      `secrets` names variables of the environment, and never holds what they hold. A value that has been written into a \
      file should be taken for known, and replaced by a new one.
      """,
      wrong: "secrets: [hf_abcdefghijklmnop0123]", right: "secrets: [HF_TOKEN]"),
    Explanation(
      "E1034", "A source of metrics has no such key",
      """
      A `path` belongs to sources that are files of the trial's own: `json`, `jsonl`, `csv` and `tensorboard`. Where standard \
      output and the file named by ATTUNE_METRICS lie, attune says itself. A `pattern` describes lines of standard output.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {from: file, path: out.jsonl}}",
      right: "trial: {run: 'a ${args}', inputs: [], metrics: {from: jsonl, path: out.jsonl}}"),
    Explanation(
      "E1035", "A path of metrics leaves the trial's folder",
      """
      Trials that run at once must not write to one file, so metrics are read below the trial's own folder, which the trial \
      finds as `${trial.dir}` and as ATTUNE_TRIAL_DIR. The path is relative to it.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {from: csv, path: /tmp/log.csv}}",
      right: "trial: {run: 'a ${args} --out=${trial.dir}', inputs: [], metrics: {from: csv, path: log.csv}}"),
    Explanation(
      "E1036", "A pattern of metrics cannot be read",
      """
      A pattern is a line as the trial prints it, with `{name:float}`, `{name:int}` or `{name}` in the place of numbers and \
      `{name:word}` for what is passed over. Something stands between two of them, and `{{` is a brace.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'epoch {epoch:integer} loss {loss}'}}",
      right: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'epoch {epoch:int} loss {loss}'}}"),
    Explanation(
      "E4030", "A metric is named and never collected",
      """
      Where `metrics` has names or a pattern, those metrics are read and no others. An objective or a constraint that needs \
      another one would find it in no trial.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'val loss {val_loss}'}}",
      right: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'val loss {loss}'}}"),
    Explanation(
      "E4031", "A pattern has no such metric",
      """
      Beside a pattern, `names` says which of its numbers is which metric. The name on the right is one of the pattern's.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'loss {l}', names: {loss: x}}}",
      right: "trial: {run: 'a ${args}', inputs: [], metrics: {pattern: 'loss {l}', names: {loss: l}}}"),
    Explanation(
      "E4032", "A pattern of inputs matches no file",
      """
      In `inputs`, `*` and `?` stay within a name, `**` goes across folders, and `[ab]` is one of two characters. Names that \
      begin with a dot are matched by patterns that name the dot.
      """,
      wrong: Example("trial: {run: 'python ${args}', inputs: ['*.py']}", files: ["src/train.py": ""]),
      right: Example("trial: {run: 'python ${args}', inputs: ['**/*.py']}", files: ["src/train.py": ""])),
    Explanation(
      "E4033", "A secret would stand on the command line",
      """
      All users of a machine can read the arguments of its processes. A secret reaches a trial in its environment, where only \
      the same user can read it.
      """,
      wrong: "secrets: [HF_TOKEN]\ntrial: {run: 'python train.py ${args} --token=${env:HF_TOKEN}', inputs: []}",
      right: "secrets: [HF_TOKEN]\ntrial: {run: 'python train.py ${args}', inputs: []}"),
    Explanation(
      "E4034", "A placeholder stands in a script",
      """
      A script has its parameters as variables of the shell, so that no value can become a command. The shell would read a \
      placeholder of `run` otherwise, or not at all: `${batch-size}` is the variable `batch`, or else the text `size`.
      """,
      wrong: "trial: {shell: 'python train.py --lr \"$lr\" --out ${trial.dir}', inputs: []}",
      right: "trial: {shell: 'python train.py --lr \"$lr\" --out \"$ATTUNE_TRIAL_DIR\"', inputs: []}"),
    Explanation(
      "E4035", "A parameter's variable is taken",
      """
      In a script each parameter is a variable of its own name, with `_` for `.` and `-`. It must not be that of another \
      parameter, one of `environment` or `secrets`, or one that shells and programs live by, such as PATH.
      """,
      wrong: "parameters: {HOME: {int: [1, 99]}}\ntrial: {shell: 'a \"$HOME\"', inputs: []}",
      right: "parameters: {home: {int: [1, 99]}}\ntrial: {shell: 'a \"$home\"', inputs: []}"),
    Explanation(
      "W4010", "Something on the command line looks like a password or a key",
      """
      All users of a machine can read the arguments of its processes, and the command goes into the plan and the manifest. \
      A variable that is named under `secrets` reaches the trial unseen.
      """,
      wrong: "trial: {run: 'python train.py ${args} --api-key abcdef', inputs: []}",
      right: "secrets: [API_KEY]"),
    Explanation(
      "W4011", "A variable looks like a password or a key, and is written out",
      """
      What stands under `environment` goes into the plan, the journal and the manifest. Name the variable under `secrets` \
      in its place, and set it where `attune apply` is started.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], environment: {WANDB_API_KEY: abcdef}}",
      right: "secrets: [WANDB_API_KEY]"),
    Explanation(
      "W4012", "A file is imported and is not among the inputs",
      """
      Inputs say which trials are the same. Where they are listed, a change of a module that is not among them would meet \
      results from before the change. Imports are read by their statements, line by line; nothing is run.
      """,
      wrong: Example(
        "trial: {run: 'python train.py ${args}', inputs: [train.py]}",
        files: ["train.py": "import model\n", "model.py": ""]),
      right: Example(
        "trial: {run: 'python train.py ${args}', inputs: [train.py, model.py]}",
        files: ["train.py": "import model\n", "model.py": ""])),
    Explanation(
      "W4013", "The command names a script that is not there",
      """
      A word of `run` ends like the name of a script, and the experiment's folder, in which trials run, has no such file. \
      Every trial would fail in the same way.
      """,
      wrong: Example("trial: {run: 'python trian.py ${args}', inputs: []}", files: ["train.py": "print('loss=1')\n"]),
      right: Example("trial: {run: 'python train.py ${args}', inputs: []}", files: ["train.py": "print('loss=1')\n"])),
  ]
}
