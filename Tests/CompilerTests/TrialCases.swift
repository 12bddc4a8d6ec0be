@testable import Compiler

extension Marked {
  /// What stands below `trial`, and `secrets`.
  static let trial = scripts + placeholders + secrets + metrics

  private static func script(_ name: String, _ parameters: String, _ lines: String...) -> Marked {
    Marked(name, parameters, "trial:\n  inputs: []\n  shell: |\n" + lines.map { "    " + $0 }.joined(separator: "\n"))
  }

  private static let scripts = [
    Marked("a script", "trial: {shell: 'python train.py --lr \"$lr\" | tee log', inputs: []}"),
    Marked("a command and a script", "trial: {run: 'a ${args}', shell: 'a $lr'} #! E1030:27"),
    Marked("a misspelt script is said once", "trial: {shel: 'a $lr'} #! E1001:9"),
    Marked("a script that is a list", "trial: {shell: [a]} #! E1003:16"),
    Marked("an empty script", "trial: {shell: ' '} #! E4001:16"),
    Marked("a NUL in a script", "trial: {shell: \"a $lr \\0\"} #! E1017:16"),
    script(
      "placeholders in a script", "parameters: {lr: {float: [0, 1]}}", "cd ${trial.dir} #! E4034:8",
      "a ${args} ${args:hydra} #! E4034:7 E4034:15",
      "b ${env:HOME} ${trial.dir} ${trial.sed} #! E4034:7 E4034:19 E4034:32"),
    script(
      "what is no placeholder in a script", "parameters: {lr: {float: [0, 1]}}", "args=\"--lr $lr\"",
      "a ${args} ${env:-none} \\${trial.dir} ${#args} $$ $(b)"),
    script(
      "a parameter whose name a shell reads otherwise", "parameters: {batch-size: {int: [1, 64]}}",
      "a ${batch-size} #! E4034:7"),
    script("the variable of such a parameter", "parameters: {batch-size: {int: [1, 64]}}", "a $batch_size"),
    Marked(
      "a parameter that the script does not name", "parameters: {lr: {float: [0, 1]}, c: 1}",
      "trial: {shell: 'a $lr_max'} #! W4001:16"),
    Marked("a script that reads the file of parameters", "trial: {shell: 'jq . \"$ATTUNE_PARAMS\"'}"),
    Marked(
      "parameters of one variable", "parameters: {a-b: {int: [0, 99]}, a_b: {int: [0, 9]}} #! E4035:35",
      "trial: {shell: 'x $a_b'}"),
    Marked(
      "variables that a shell lives by, and ours",
      text: """
        attune: 1
        name: test
        objective: {minimize: loss}
        parameters:
          PATH: {int: [0, 99]} #! E4035:3
          IFS: 1 #! E4035:3
          LC_ALL: C #! E4035:3
          ATTUNE_SEED: 3 #! E4035:3
          path: {int: [0, 9]}
        search: {strategy: random}
        budget: {trials: 10}
        trial: {shell: 'x $PATH $path'}
        """),
    Marked(
      "a parameter and a variable, and a secret, of one name",
      "parameters: {A: {int: [0, 99]}, B: {int: [0, 9]}} #! E4035:14 E4035:33", "secrets: [B]",
      "trial: {shell: 'x $A $B', environment: {A: 1}}"),
    Marked("a command has no variables to clash with", "parameters: {PATH: {int: [0, 99]}}"),
  ]

  private static let placeholders = [
    Marked(
      "every placeholder",
      "trial: {run: 'a ${args} ${args:hydra} ${args:flags} ${lr} ${trial.dir} ${trial.seed} ${trial.checkpoint} ${env:HOME}'}"
    ),
    Marked("the file of parameters has them all", "trial: {run: 'a ${trial.params}'}"),
    Marked("a form of arguments that is none", "trial: {run: 'a ${args:hydar}'} #! E4007:17"),
    Marked("a form of arguments within an argument", "trial: {run: 'a x${args:flags}'} #! E4006:17"),
    Marked(
      "variables that cannot be",
      "trial: {run: 'a ${args} ${env:} ${env:ATTUNE_SEED} ${env:a=b}'} #! E1016:25 E1016:33 E1016:52"),
    Marked("a part of the trial that there is not", "trial: {run: 'a ${args} ${trial.folder}'} #! E4007:25"),
  ]

  private static let secrets = [
    Marked("secrets", "secrets: [HF_TOKEN, WANDB_API_KEY]"),
    Marked("no secrets", "secrets: []"),
    Marked("secrets that are a mapping", "secrets: {HF_TOKEN: abc} #! E1003:10"),
    Marked("names that no variable has", "secrets: ['', 'a=b', ATTUNE_X] #! E1016:11 E1016:15 E1016:22"),
    Marked("a secret that stands twice", "secrets: [A, B, A] #! E1031:17"),
    Marked("a value in the place of a name", "secrets: [hf_abcdefghijklmnop0123] #! E1033:11"),
    Marked(
      "a secret that is written out", "secrets: [A_TOKEN]",
      "trial: {run: 'a ${args}', environment: {A_TOKEN: abc}} #! E1032:41"),
    Marked(
      "a secret on the command line", "secrets: [TOKEN]", "trial: {run: 'a ${args} --t=${env:TOKEN}'} #! E4033:25"),
    Marked(
      "what looks like one on the command line",
      "trial: {run: 'a ${args} --token=abcdef --api-key xyz --key k --max-token 5 --token ${lr}'} #! W4010:25 W4010:50"),
    Marked("a token of a known form", "trial: {run: 'a ${args} -t hf_abcdefghijklmnop0123'} #! W4010:28"),
    Marked("a variable that looks like one", "trial: {run: 'a ${args} --t=${env:MY_SECRET}'} #! W4010:25"),
    Marked(
      "a token among the parameters", "parameters: {a: {float: [0, 1]}, key: AKIA0123456789ABCDEF} #! W4010:39"),
    Marked(
      "variables that look like one",
      "trial: {run: 'a ${args}', environment: {A_TOKEN: abc, PASSWORD: x, N_KEY: 12, TOKENIZERS: no, X: ghp_0123456789abcdefgh}} #! W4011:50 W4011:65 W0001:91 W4011:98"
    ),
    Marked(
      "a script that looks like one",
      "trial:\n  shell: |\n    export HF_TOKEN=\"$OTHER\"\n    a --lr $lr --token abcdef #! W4010:24"),
    Marked(
      "a script that sets one",
      "trial:\n  shell: |\n    export HF_TOKEN='abcdef' #! W4010:12\n    a --lr $lr"),
    Marked("words that begin like a token", "trial: {run: 'a ${args} task-learning-rate-2024-10 sk-learn hf_model'}"),
  ]

  private static func metrics(_ name: String, _ text: String, _ others: String...) -> Marked {
    Marked(name, text: Experiment.text(others + ["trial:\n  run: a ${args}\n  metrics: \(text)"]))
  }

  private static let metrics = [
    metrics("of each source", "{from: auto}"),
    metrics("of JSON", "{from: json, path: out/metrics.json, names: {loss: eval.loss}}"),
    metrics("of JSON lines", "{from: jsonl, path: '${trial.dir}/log.jsonl'}"),
    metrics("of a table", "{from: csv, path: ./log.csv, names: {loss: 'valid loss', acc: acc}}"),
    metrics("of event files", "{from: tensorboard}"),
    metrics("of event files in a folder", "{from: tensorboard, path: runs, names: {loss: Loss/valid}}"),
    metrics("by a pattern", "{pattern: 'epoch {epoch:int} loss {loss}'}"),
    metrics("by a pattern, under other names", "{pattern: 'l {l:float}', names: {loss: l}}"),
    metrics("by another name", "{names: {loss: val/loss}}"),
    metrics("no source", "{path: a.csv} #! E1002:12"),
    metrics("no path", "{from: csv} #! E1002:12"),
    metrics("a key that is none", "{from: csv, pth: a} #! E1001:24"),
    metrics("a path where attune has its own", "{from: file, path: a.jsonl} #! E1034:25"),
    metrics("a pattern of a file", "{from: csv, path: a.csv, pattern: '{loss}'} #! E1034:37"),
    metrics("an absolute path", "{from: csv, path: /tmp/a.csv} #! E1035:30"),
    metrics("a path that leaves the folder", "{from: csv, path: a/../../b.csv} #! E1035:30"),
    metrics("a placeholder in a path", "{from: csv, path: 'a/${lr}.csv'} #! E1035:30"),
    metrics("the folder where a file belongs", "{from: csv, path: '${trial.dir}/'} #! E1035:30"),
    metrics("names that are a list", "{names: [loss]} #! E1003:20"),
    metrics("no names", "{names: {}} #! E1003:20"),
    metrics("a name that is a mapping", "{names: {loss: {a: b}}} #! E1003:27"),
    metrics("a metric that cannot be", "{names: {a b: loss}} #! E1013:21"),
    metrics("a pattern that is a list", "{pattern: [a]} #! E1003:22"),
    metrics("a brace that is not closed", "{pattern: 'loss {loss'} #! E1036:28"),
    metrics("a brace that closes nothing", "{pattern: '{loss} a} b'} #! E1036:31"),
    metrics("a value without a name", "{pattern: 'a {:float}'} #! E1036:25"),
    metrics("a kind that is none", "{pattern: 'loss {loss:flaot}'} #! E1036:28"),
    metrics("a value that stands twice", "{pattern: '{loss} {loss:int}'} #! E1036:30"),
    metrics("values that touch", "{pattern: '{epoch:int}{loss}'} #! E1036:34"),
    metrics("a pattern without a metric", "{pattern: 'loss {{}} {a:word}'} #! E1036:23"),
    metrics("a metric of a pattern that cannot be", "{pattern: '{1st:int}'} #! E1013:22"),
    metrics("a name that the pattern does not have", "{pattern: '{los}', names: {loss: lss}} #! E4031:45"),
    metrics(
      "a metric that is never collected by name", "{from: csv, path: a.csv, names: {los: x}}",
      "objective: {minimize: loss} #! E4030:23"),
    metrics(
      "a metric that is never collected by a pattern", "{pattern: 'loss {los}'}",
      "objective: {minimize: loss} #! E4030:23"),
    metrics("a wrong source says nothing of what is collected", "{from: cvs, names: {los: x}} #! E1018:19"),
  ]
}
