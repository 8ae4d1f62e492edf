#!/usr/bin/env bash
# Lifecycle configuration for JupyterLab in SageMaker Studio: each time a space starts, the workshop is set up in it.
# docs/sagemaker-studio.md says how to attach it. The three values below may be changed before that.
#
# It never keeps a space from starting: whatever happens, it ends with 0, and within Studio's limit of five minutes.
# A set-up that takes longer goes on behind it. What happened is in the log, in the home folder.

# Where to clone from when the folder is not there. Empty: a folder that is not there is left so.
repository="${WORKSHOP_REPOSITORY:-}"
folder="${WORKSHOP_FOLDER:-${HOME:-/home/sagemaker-user}/bedrock-typescript-workshop}"
# Seconds to wait for the set-up.
patience="${WORKSHOP_PATIENCE:-240}"

log="${HOME:-/home/sagemaker-user}/.typescript-bedrock-on-start.log"

# Cloned beside the folder and then moved: a clone that was cut short is not taken for a whole one.
clone() {
  local part="$folder.part"
  rm -rf "$part"
  if GIT_TERMINAL_PROMPT=0 git clone --quiet "$repository" "$part" && mv "$part" "$folder"; then
    echo "Cloned $repository into $folder."
  else
    rm -rf "$part"
    echo "$repository could not be cloned."
    echo "Next step: clone it in JupyterLab's Git tab, then: npm run setup"
    return 1
  fi
}

set_up() {
  echo "The space started at $(date -u '+%Y-%m-%d %H:%M:%S') UTC."
  if [ ! -e "$folder" ]; then
    if [ -z "$repository" ]; then
      echo "$folder is not there, and no repository is given: nothing to do."
      return 0
    fi
    clone || return 0
  fi
  # The first check is in bootstrap.cjs, which a clone of an older version has not.
  local source="packages/workshop/src" begin
  for begin in "$source/bootstrap.cjs" "$source/bootstrap.mjs"; do
    if [ -f "$folder/$begin" ]; then break; fi
  done
  if [ ! -f "$folder/$begin" ]; then
    echo "$folder is not the workshop: nothing is changed."
    return 0
  fi
  # With --keep, a clone of an older version leaves the kernels to a copy that was set up elsewhere.
  cd "$folder" && PATH="$PATH:/opt/conda/bin" node "$begin" setup --keep ||
    echo "The set-up failed. Next step, in a terminal: cd $folder && npm run setup"
}

export repository folder
export -f clone set_up
# A session of its own: it may outlive this script.
setsid bash -c set_up >"$log" 2>&1 </dev/null &
work=$!
SECONDS=0
while kill -0 "$work" 2>/dev/null && ((SECONDS < patience)); do sleep 0.2; done
cat "$log" 2>/dev/null
if kill -0 "$work" 2>/dev/null; then echo "The set-up goes on; its end will be in $log."; fi
exit 0
