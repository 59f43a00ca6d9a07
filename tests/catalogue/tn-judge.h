/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging Tenon's answers by Keras's recorded ones, with a list of deliberate deviations. */
#pragma once

#include <gio/gio.h>

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* The verdicts on one file of cases. */
typedef struct _TnJudge TnJudge;

/* @file: of tests/cases, without the folder. Reads the list of deviations as well. */
TnJudge *tn_judge_new (const char *file);
/* Prints the tally, and fails the test if any verdict was bad, if a deviation that is listed for
 * this file is none, or if fewer than @at_least cases were judged. */
void tn_judge_finish (TnJudge *judge, guint at_least);

/* The parsed file, borrowed. */
const TnValue *tn_judge_cases (const TnJudge *judge);
/* The case is not judged because of @what ("LSTM"): counted and named in the tally. */
void tn_judge_skip (TnJudge *judge, const char *what);
/* @said: "refused", "accepted" or shapes; @fault: NULL when that is right, else what should have
 * been said instead. */
void tn_judge_case (TnJudge *judge, const char *id, const char *said, const char *fault);
/* One more of @what in the tally's last line. */
void tn_judge_count (TnJudge *judge, const char *what);

/* The string under @key, or NULL. */
const char *tn_judge_string (const TnValue *dict, const char *key);

G_END_DECLS
