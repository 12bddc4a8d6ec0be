/// E4: what one part says of another, and of files.
extension Explanation {
  static let references = [
    Explanation(
      "E4001", "The command is empty",
      """
      `run` is what a trial does: a program and its arguments, on one line or as a list.
      """,
      wrong: "trial: {run: '', inputs: []}",
      right: "trial: {run: 'python train.py ${args}', inputs: []}"),
    Explanation(
      "E4002", "A quote in the command is not closed",
      """
      The command is split into arguments at spaces, as a shell would, and quotes hold an argument together. An apostrophe \
      that is meant as one stands in double quotes.
      """,
      wrong: "trial: {run: 'python train.py ${args} --note \"first try', inputs: []}",
      right: "trial: {run: 'python train.py ${args} --note \"first try\"', inputs: []}"),
    Explanation(
      "E4003", "The command needs a shell",
      """
      No shell reads the command: it is split into arguments when the file is compiled, so that no value of a parameter can \
      ever become a command. Pipes, redirections, `&&`, `$(…)` and variables before the command mean something to a shell \
      only. Put such a command into a script and run that; variables belong under `environment`.
      """,
      wrong: "trial: {run: 'python train.py ${args} | tee log.txt', inputs: []}",
      right: "trial: {run: 'sh train.sh ${args}', inputs: []}"),
    Explanation(
      "E4004", "A placeholder is not closed",
      """
      `${` begins a placeholder, and `}` ends it. A dollar that is meant as one is written `$$`.
      """,
      wrong: "trial: {run: 'python train.py --lr ${lr', inputs: []}",
      right: "trial: {run: 'python train.py --lr ${lr}', inputs: []}"),
    Explanation(
      "E4005", "A dollar begins a placeholder",
      """
      A dollar stands for itself only when it is doubled, `$$`. The value of a parameter is `${name}`, with braces; variables \
      of the environment are not looked up, since no shell reads the command.
      """,
      wrong: "trial: {run: 'python train.py --lr $lr', inputs: []}",
      right: "trial: {run: 'python train.py --lr ${lr}', inputs: []}"),
    Explanation(
      "E4006", "All parameters cannot be a part of one argument",
      """
      `${args}` becomes two arguments for each parameter, `--name value`. It stands alone, with a space on either side. To \
      hand over one parameter within an argument, name it.
      """,
      wrong: "trial: {run: 'python train.py --options=${args}', inputs: []}",
      right: "trial: {run: 'python train.py --options=${lr}', inputs: []}"),
    Explanation(
      "E4007", "A placeholder names no parameter",
      """
      What stands between `${` and `}` is the name of a parameter, `args`, `trial.dir` or `trial.seed`.
      """,
      wrong: "trial: {run: 'python train.py --lr ${rl}', inputs: []}",
      right: "trial: {run: 'python train.py --lr ${lr}', inputs: []}"),
    Explanation(
      "E4008", "There is no such parameter",
      """
      A point gives values to the experiment's parameters. A name that none of them has would be passed over, and the \
      parameter that was meant would keep another value.
      """,
      wrong: Example("search: {strategy: list, points: [{rl: 0.1}]}", without: ["budget"]),
      right: Example("search: {strategy: list, points: [{lr: 0.1}]}", without: ["budget"])),
    Explanation(
      "E4009", "An input does not exist",
      """
      Inputs are the files that a trial's result depends on; a change of one of them makes a new trial. Paths are relative to \
      the folder of the experiment file, wherever attune is started.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [data/train.csv]}",
      right: Example(
        "trial: {run: 'python train.py ${args}', inputs: [data/train.csv]}", files: ["data/train.csv": "1,2\n"])),
    Explanation(
      "E4010", "An input is a folder without files",
      """
      A folder stands for all files below it, and there are none, or only such as attune and interpreters make. Either it is \
      the wrong folder, or its files have not been put there yet: without them the trials would be told apart by nothing.
      """,
      wrong: Example("trial: {run: 'python train.py ${args}', inputs: [data/]}", files: ["data": .emptyFolder]),
      right: Example(
        "trial: {run: 'python train.py ${args}', inputs: [data/]}", files: ["data/train.csv": "1,2\n"])),
    Explanation(
      "E4011", "An input's path is absolute",
      """
      An experiment can be run on another machine, and checked there a year later; a path from the root of this machine's \
      disk would not be found. Put a link to the file into the folder of the experiment, or let the trial take the path from \
      a variable.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [/data/train.csv]}",
      right: Example("trial: {run: 'python train.py ${args}', inputs: [train.csv]}", files: ["train.csv": "1,2\n"])),
    Explanation(
      "E4012", "An input cannot be read",
      """
      The plan names every input by the digest of its bytes, so all of them are read when it is made; the system's reason is \
      in the message. Mostly this is a matter of permissions. `attune check` does not read inputs, and so does not find this.
      """,
      wrong: Example(
        "trial: {run: 'python train.py ${args}', inputs: [memory]}", files: ["memory": .link(to: "/proc/self/mem")]),
      right: Example("trial: {run: 'python train.py ${args}', inputs: [memory]}", files: ["memory": "64\n"])),
    Explanation(
      "E4013", "There are too many files to be inputs",
      """
      Where `inputs` is absent, every file of the experiment's folder that git does not ignore is one, so that no change is \
      missed. With more than 10,000 files that is hardly meant, and reading them would take long: list the files that the \
      trials read, or let .gitignore name the others.
      """,
      wrong: Example(
        "trial: {run: 'python train.py ${args}'}",
        files: Dictionary(uniqueKeysWithValues: (0...10_000).map { ("images/\($0).png", .text("")) })),
      right: "trial: {run: 'python train.py ${args}', inputs: []}"),
    Explanation(
      "E4014", "An input has no name",
      """
      An empty text names no file. The folder of the experiment itself is `.`.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: ['']}",
      right: Example("trial: {run: 'python train.py ${args}', inputs: [.]}", files: ["train.py": "print('loss=1')\n"])),
  ]
}
