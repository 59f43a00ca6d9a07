/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the targets share: the ways through a model, and the spelling of Python. */
#pragma once

#include "codegen/tn-code.h"

G_BEGIN_DECLS

extern const TnCodeTarget tn_code_keras;
extern const TnCodeTarget tn_code_torch;
extern const TnCodeTarget tn_code_dot;
extern const TnCodeTarget tn_code_mermaid;
extern const TnCodeTarget tn_code_summary;

/* ---- models ---- */

/* Indexes of the layers in the order of computation, each once, Targets included. Of guint. */
GArray *tn_code_order (const TnGraph *graph);
/* Is the model one row of layers from one input to one output, and nothing else but Targets? */
gboolean tn_code_is_chain (const TnGraph *graph);
/* The shapes of all outputs, as Keras prints them: "(None, 4)" or several with commas. */
char *tn_code_shapes (const TnFacts *facts, guint index);
/* "✗ dense-width" for the first and worst issue of a layer, which @severity gets; NULL without. */
char *tn_code_problem (const TnFacts *facts, guint index, TnSeverity *severity);

/* How a diagram draws layers within groups. @begin gets the place of the group among those of the
 * graph, which names it; @end is a line. @depth: how many groups it stands in. */
typedef struct
{
  void (*node) (GString *out, const TnFacts *facts, guint index, guint depth);
  void (*begin) (GString *out, const TnGroup *group, guint number, guint depth);
  const char *end;
} TnCodeGrouping;

/* All layers, by @order, each within its groups; those of no group first. */
void tn_code_write_grouped (GString *out, const TnFacts *facts, const GArray *order,
                            const TnCodeGrouping *grouping);

/* ---- Python ---- */

/* Identifiers that are taken; from the start, those of the language and of @reserved. */
typedef struct _TnPythonNames TnPythonNames;

TnPythonNames *tn_python_names_new (const char *const *reserved);
void tn_python_names_free (TnPythonNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnPythonNames, tn_python_names_free)
/* An identifier that is like @wish and not taken yet, and now is. New string. */
char *tn_python_name (TnPythonNames *names, const char *wish);

/* The identifiers of tensors, by their reference. */
GHashTable *tn_python_tensors_new (void);
void tn_python_tensors_set (GHashTable *tensors, TnRef ref, const char *identifier);
/* NULL when there is none. */
const char *tn_python_tensor (GHashTable *tensors, TnRef ref);

/* A literal: "relu", with what cannot be seen escaped. */
void tn_python_append_string (GString *out, const char *string);
void tn_python_append_value (GString *out, const TnValue *value);
/* Adds "@before" "arguments, by commas" "@after" and a newline, in one line or, where that would be
 * too long, in several; @comment, which may be NULL, stands behind. */
void tn_python_append_call (GString *out, guint indent, const char *before, GPtrArray *arguments,
                            const char *after, const char *comment);
/* "a", "[a, b]". New string. */
char *tn_python_list (GPtrArray *items);

/* The arguments of a layer's constructor that differ from what Keras takes without being told, and
 * its name; of char *. */
GPtrArray *tn_code_keras_arguments (const TnNode *node);

G_END_DECLS
