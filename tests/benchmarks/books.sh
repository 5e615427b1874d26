#!/bin/sh
# ChatGPT's answers on Facebook Books (Di Palma et al. 2023; sisinflab/Recommender-ChatGPT, experiment 1) as runs: the raw
# answers, grounded here, and the authors' own matching of them; audited at 10 with the authors' compacted ranks.
set -eu
if [ ! -f "${1:-}/responses.jsonl" ]; then
  echo "usage: make books DATA=FOLDER (with responses.jsonl, train.tsv, test.tsv, books.tsv and published/)" >&2
  exit 2
fi
header="user_id,item_id,rating"
recaudit data import --name books --replace --warm-holdout \
  --interactions "$1/train.tsv" --holdout "$1/test.tsv" --items "$1/books.tsv" \
  --columns interactions=$header --columns holdout=$header --columns items=item_id,title
recaudit import "$1/responses.jsonl" --raw-answers response --dataset books --name chatgpt --k 50
recaudit import "$1/published/ChatGPT_matched.tsv" --no-header --columns user,item,- --dataset books --name matched
recaudit audit accuracy coverage --run chatgpt --run matched --set accuracy.k=10 --set accuracy.ranks=compacted \
  --set coverage.k=10 --set coverage.ranks=compacted
recaudit audit hallucination --run chatgpt
