/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCodeTarget: a model as source code or as another text; one static const entry a target. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/**
 * TnCodeTarget:
 * @name: for files and scripts: "keras-code"
 * @ending: of its files, without the dot: "py"
 * @label: N_("Keras code"), for menus and file choosers
 * @needs_sound: a model with errors has no such text
 * @write: adds the text to @out; use tn_code_write()
 *
 * The same facts give the same text in any locale, but for what a diagram says under the name of a
 * layer, which is in the language of the user, as in the picture.
 */
typedef struct
{
  const char *name;
  const char *ending;
  const char *label;
  gboolean needs_sound;
  gboolean (*write) (const TnFacts *facts, GString *out, GError **error);
} TnCodeTarget;

/* All of them, the most wanted first; ends with NULL. */
const TnCodeTarget *const *tn_code_targets (void);
/* NULL when there is none. Without regard to case. */
const TnCodeTarget *tn_code_find (const char *name);
/* The first with this ending, given without the dot. */
const TnCodeTarget *tn_code_find_ending (const char *ending);

/* The text, ending with a newline; NULL with an error: TN_ERROR_MODEL listing what is wrong with
 * the model, TN_ERROR_UNSUPPORTED listing all layers that the target has no words for. */
GString *tn_code_write (const TnCodeTarget *target, const TnFacts *facts, GError **error);

G_END_DECLS
