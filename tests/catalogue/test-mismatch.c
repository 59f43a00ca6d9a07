/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults that people asked about: found at the right layer, traced to their cause, mended, and
 * their messages understood. */
#include <gio/gio.h>
#include <string.h>

#include "../cases/tn-cases.h"
#include "formats/tn-format.h"
#include "graph/tn-draft.h"
#include "infer/tn-advice.h"
#include "infer/tn-message.h"

/* What the threads say in words only: the layer upstream that is to blame, by its place in the
 * stack. */
static const struct
{
  const char *id;
  int cause;
} causes[] = {
  { "shrink-to-1x1", 0 },   { "residual-add-after-pool", 7 }, { "unet-odd-size", 5 },
  { "flatten-72-vs-2", 4 }, { "autoencoder-23", 10 },         { "gan-generator-400", 3 },
  { "stacked-lstm", 0 },    { "torch-linear-1050", 6 },       { "missing-flatten-1d", 1 },
};

/* Where a case says no layer of the stack fails, the one that is to be marked all the same; -1: the
 * labels. */
static const struct
{
  const char *id;
  int marked;
} marks[] = {
  { "embedding-input-length", 0 },
};

/* A case made into a graph. */
typedef struct
{
  const TnValue *entry; /* borrowed */
  const char *id;       /* borrowed */

  /* owned */
  TnDraft *draft;
  GArray *layers; /* of TnNodeId, one for each of the stack; 0: it is not a layer of its own here */
  TnNodeId input;
  TnNodeId target; /* TN_NODE_NONE: the case has no labels */
  TnFacts *facts;
} Case;

static const char *
case_string (const TnValue *dict, const char *key)
{
  const TnValue *value = tn_value_lookup (dict, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : NULL;
}

static gint64
case_int (const TnValue *dict, const char *key, gint64 fallback)
{
  const TnValue *value = tn_value_lookup (dict, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_INT ? tn_value_int (value) : fallback;
}

static void
set_value (TnDraft *draft, TnNodeId id, const char *param, const TnValue *value)
{
  g_autoptr (TnReport) report = tn_report_new ();
  int index = tn_schema_param (tn_node_schema (tn_draft_find (draft, id)), param);

  if (index < 0)
    g_error ("%s has no %s", tn_node_type (tn_draft_find (draft, id)), param);
  if (!tn_draft_set (draft, id, (guint)index, value, TRUE, report))
    g_error ("%s", tn_report_first (report));
}

static void
set_text (TnDraft *draft, TnNodeId id, const char *param, const char *text)
{
  g_autoptr (TnReport) report = tn_report_new ();

  if (!tn_draft_set_text (draft, id, param, text, report))
    g_error ("%s", tn_report_first (report));
}

static TnNodeId
add_after (TnDraft *draft, const char *type, const char *name, TnNodeId from)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, name, FALSE, NULL);

  g_assert_cmpuint (id, !=, TN_NODE_NONE);
  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, id, 0, G_MAXUINT, NULL));
  return id;
}

/* ---- stacks of PyTorch in Keras's layers ---- */

static void
pin_width (TnDraft *draft, TnNodeId id, int rank, int axis, gint64 width)
{
  TnShape pin = { .rank = rank };

  for (int i = 0; i < rank; i++)
    pin.dims[i] = tn_dim (i == axis ? width : TN_DIM_UNKNOWN);
  tn_draft_pin (draft, id, &pin);
}

static void
set_int (TnDraft *draft, TnNodeId id, const char *param, gint64 integer)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, integer);

  set_text (draft, id, param, text);
}

/* PyTorch adds @padding on both sides of every axis; Keras has a layer for that where it is not
 * what "same" does. */
static TnNodeId
add_padding (TnDraft *draft, TnNodeId from, gint64 padding, gint64 kernel, gint64 stride,
             gboolean *same)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, padding);

  *same = padding > 0 && stride == 1 && kernel == 2 * padding + 1;
  if (padding == 0 || *same)
    return from;
  from = add_after (draft, "ZeroPadding2D", NULL, from);
  set_text (draft, from, "padding", text);
  set_text (draft, from, "data_format", "channels_first");
  return from;
}

static TnNodeId
add_torch (TnDraft *draft, const char *type, const TnValue *config, TnNodeId from)
{
  gint64 kernel = case_int (config, "kernel_size", 1);
  gint64 stride = case_int (config, "stride", g_str_has_prefix (type, "MaxPool") ? kernel : 1);
  gboolean same = FALSE;

  if (g_str_equal (type, "Linear"))
    {
      from = add_after (draft, "Dense", NULL, from);
      set_int (draft, from, "units", case_int (config, "out_features", 0));
      pin_width (draft, from, 2, 1, case_int (config, "in_features", 0));
      return from;
    }
  if (g_str_equal (type, "Flatten") || g_str_equal (type, "ReLU"))
    return add_after (draft, type, NULL, from);
  from = add_padding (draft, from, case_int (config, "padding", 0), kernel, stride, &same);
  if (g_str_equal (type, "Conv2d"))
    {
      from = add_after (draft, "Conv2D", NULL, from);
      set_int (draft, from, "filters", case_int (config, "out_channels", 0));
      set_int (draft, from, "kernel_size", kernel);
      pin_width (draft, from, 4, 1, case_int (config, "in_channels", 0));
    }
  else if (g_str_equal (type, "MaxPool2d"))
    {
      from = add_after (draft, "MaxPooling2D", NULL, from);
      set_int (draft, from, "pool_size", kernel);
    }
  else
    g_error ("no word for PyTorch's %s", type);
  set_int (draft, from, "strides", stride);
  set_text (draft, from, "data_format", "channels_first");
  if (same)
    set_text (draft, from, "padding", "same");
  return from;
}

/* ---- stacks ---- */

static gboolean
is_torch (const Case *self)
{
  const char *framework = case_string (self->entry, "framework");

  return framework != NULL && g_str_equal (framework, "pytorch");
}

static void
add_keras (Case *self, const TnValue *layer, TnNodeId last)
{
  const TnValue *config = tn_value_lookup (layer, "config");
  const TnValue *inbound = tn_value_lookup (layer, "inbound");
  TnNodeId id = add_after (self->draft, case_string (layer, "class_name"),
                           case_string (config, "name"), inbound == NULL ? last : TN_NODE_NONE);

  for (gsize i = 0; i < tn_value_size (config); i++)
    if (!g_str_equal (tn_value_key_at (config, i), "name"))
      set_value (self->draft, id, tn_value_key_at (config, i), tn_value_at (config, i));
  for (gsize i = 0; inbound != NULL && i < tn_value_size (inbound); i++)
    {
      const char *name = tn_value_string (tn_value_at (inbound, i));
      const TnNode *from = g_str_equal (name, "input") ? tn_draft_find (self->draft, self->input)
                                                       : tn_draft_find_name (self->draft, name);

      g_assert_nonnull (from);
      g_assert_true (tn_draft_connect (self->draft, (TnRef){ tn_node_id (from), 0, 0 }, id, 0,
                                       G_MAXUINT, NULL));
    }
  g_array_append_val (self->layers, id);
}

static TnNodeId
case_layer (const Case *self, gint64 index)
{
  return index >= 0 && index < self->layers->len
             ? g_array_index (self->layers, TnNodeId, (guint)index)
             : TN_NODE_NONE;
}

/* Weights that are given are of a fixed shape, whatever arrives. */
static void
pin_weights (Case *self)
{
  const TnValue *weights = tn_value_lookup (self->entry, "weights");

  for (gsize i = 0; weights != NULL && i < tn_value_size (weights); i++)
    {
      const TnNode *node = tn_draft_find_name (self->draft, tn_value_key_at (weights, i));
      TnShape kernel;

      g_assert_nonnull (node);
      g_assert_true (tn_shape_from_value (tn_value_at (weights, i), &kernel));
      pin_width (self->draft, tn_node_id (node), kernel.rank, kernel.rank - 1,
                 kernel.dims[kernel.rank - 2].size);
    }
}

static void
add_target (Case *self, TnNodeId last)
{
  const TnValue *shape = tn_value_lookup (self->entry, "target_shape");
  const char *loss = case_string (self->entry, "loss");

  if (shape == NULL)
    return;
  self->target = add_after (self->draft, "Target", NULL, last);
  set_value (self->draft, self->target, "shape", shape);
  if (loss != NULL)
    set_text (self->draft, self->target, "loss", loss);
}

static Case *
case_new (const TnValue *entry)
{
  Case *self = g_new0 (Case, 1);
  const TnValue *layers = tn_value_lookup (entry, "layers");
  g_autoptr (TnGraph) graph = NULL;
  TnNodeId last;

  self->entry = entry;
  self->id = case_string (entry, "id");
  self->draft = tn_draft_new (NULL);
  self->layers = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  tn_draft_set_dense_inputs (self->draft, TN_DENSE_ANY);
  last = self->input = add_after (self->draft, "InputLayer", "input", TN_NODE_NONE);
  set_value (self->draft, last, "batch_shape", tn_value_lookup (entry, "input_shape"));
  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *layer = tn_value_at (layers, i);

      if (is_torch (self))
        {
          last = add_torch (self->draft, case_string (layer, "class_name"),
                            tn_value_lookup (layer, "config"), last);
          g_array_append_val (self->layers, last);
        }
      else
        add_keras (self, layer, last);
      last = g_array_index (self->layers, TnNodeId, i);
    }
  pin_weights (self);
  add_target (self, last);
  graph = tn_draft_finish (self->draft);
  self->facts = tn_infer (graph, NULL, NULL);
  return self;
}

static void
case_free (Case *self)
{
  tn_draft_free (self->draft);
  g_array_unref (self->layers);
  tn_facts_unref (self->facts);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

/* The first class of the stack that there is no layer for, or NULL. */
static const char *
missing_class (const TnValue *entry)
{
  const TnValue *layers = tn_value_lookup (entry, "layers");
  const char *framework = case_string (entry, "framework");

  for (gsize i = 0; g_strcmp0 (framework, "pytorch") != 0 && i < tn_value_size (layers); i++)
    {
      const char *type = case_string (tn_value_at (layers, i), "class_name");

      if (tn_layer_find (type) == NULL)
        return type;
    }
  return NULL;
}

/* ---- judging ---- */

/* The layer that is to be marked. */
static TnNodeId
marked_layer (const Case *self)
{
  const TnValue *verified = tn_value_lookup (self->entry, "verified");
  const TnValue *weights = tn_value_lookup (self->entry, "weights");
  gint64 at
      = case_int (verified, "fails_at", case_int (self->entry, "fails_at", self->layers->len));

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_equal (marks[i].id, self->id))
      at = marks[i].marked;
  at = case_int (self->entry, "marked", at);
  if (case_layer (self, at) != TN_NODE_NONE)
    return case_layer (self, at);
  if (weights != NULL && tn_value_size (weights) > 0)
    return tn_node_id (tn_draft_find_name (self->draft, tn_value_key_at (weights, 0)));
  g_assert_cmpuint (self->target, !=, TN_NODE_NONE);
  return self->target;
}

static gboolean
is_fault (const TnIssue *issue)
{
  return issue->severity != TN_SEVERITY_WARNING;
}

/* Position of the first fault, which is to be at the marked layer. */
static guint
find_fault (const Case *self)
{
  const char *wanted = tn_node_name (tn_draft_find (self->draft, marked_layer (self)));

  for (guint i = 0; i < tn_facts_n_issues (self->facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (self->facts, i);

      if (!is_fault (issue))
        continue;
      if (issue->node != marked_layer (self))
        g_error ("%s: the first fault is to be at %s, but %s: %s", self->id, wanted,
                 tn_node_name (tn_draft_find (self->draft, issue->node)), issue->message);
      return i;
    }
  g_error ("%s: no fault at %s", self->id, wanted);
}

static void
judge_shapes (const Case *self)
{
  const TnValue *verified = tn_value_lookup (self->entry, "verified");
  const TnValue *shapes = tn_value_lookup (verified, "shapes");

  for (gsize i = 0; shapes != NULL && i < tn_value_size (shapes); i++)
    {
      TnShape wanted, got;
      g_autofree char *wanted_text = NULL, *got_text = NULL;
      gboolean assumed = FALSE;

      g_assert_true (tn_shape_from_value (tn_value_at (shapes, i), &wanted));
      got = tn_facts_shape (self->facts, (TnRef){ case_layer (self, (gint64)i), 0, 0 }, &assumed);
      wanted_text = tn_shape_to_text (&wanted);
      got_text = tn_shape_to_text (&got);
      if (strcmp (wanted_text, got_text) != 0)
        g_error ("%s: layer %zu puts out %s, not %s", self->id, i, wanted_text, got_text);
      if (assumed && case_int (verified, "fails_at", -1) >= 0)
        g_error ("%s: the shape of layer %zu is only assumed", self->id, i);
    }
}

static void
judge_cause (const Case *self, const TnIssue *issue)
{
  gint64 at = case_int (self->entry, "cause", -1);

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (g_str_equal (causes[i].id, self->id))
      at = causes[i].cause;
  if (at < 0)
    return;
  if (case_layer (self, at) == issue->node)
    return;
  for (guint i = 0; issue->provenance != NULL && i < issue->provenance->len; i++)
    if (g_array_index (issue->provenance, TnProvenance, i).node == case_layer (self, at))
      return;
  g_error ("%s: %s is not told as a cause: %s", self->id,
           tn_node_name (tn_draft_find (self->draft, case_layer (self, at))), issue->message);
}

static gboolean
has_like (const TnFacts *facts, const TnIssue *like)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);

      if (issue->node == like->node && issue->code == like->code && issue->call == like->call
          && issue->slot == like->slot && issue->severity <= like->severity)
        return TRUE;
    }
  return FALSE;
}

static void
judge_fixes (const Case *self, const TnAdvice *advice, guint position)
{
  const TnIssue *fault = tn_facts_issue (self->facts, position);
  guint n_fixes = tn_advice_n_fixes (advice, position), n_building = 0;

  g_assert_cmpuint (n_fixes, <=, 6);
  for (guint i = 0; i < n_fixes; i++)
    {
      const TnFix *fix = tn_advice_fix (advice, position, i);
      g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);
      gboolean builds = TRUE;

      for (guint j = 0; j < tn_facts_n_issues (after); j++)
        {
          const TnIssue *issue = tn_facts_issue (after, j);

          builds = builds && !is_fault (issue);
          if (is_fault (issue) && !has_like (self->facts, issue))
            g_error ("%s: “%s” brings a new fault: %s", self->id, fix->label, issue->message);
        }
      if (has_like (after, fault))
        g_error ("%s: “%s” does not mend it", self->id, fix->label);
      n_building += builds;
      g_test_message ("%s %s — %s", builds ? "+" : "-", fix->label, fix->detail);
    }
  if (n_building == 0)
    g_error ("%s: none of %u repairs makes the model build", self->id, n_fixes);
}

/* What is pasted leads to the layer, or, for labels, to the one that puts out what they are
 * compared with; and both numbers are in the explanation. */
static void
judge_message (const Case *self, const TnIssue *issue, const char *text)
{
  g_autoptr (TnMessage) message = tn_message_read (text, -1);
  g_autofree char *explained = NULL;
  TnNodeId found;

  if (message == NULL)
    g_error ("%s: not understood: %s", self->id, text);
  explained = tn_message_explain (message);
  g_test_message ("%s\n→ %s", text, explained);
  found = tn_message_find (message, self->facts);
  if (found == issue->node)
    return;
  if (issue->node == self->target
      && found == tn_node_input (tn_draft_find (self->draft, self->target), 0, 0).node)
    return;
  g_error ("%s: “%s” leads to %s", self->id, text,
           found != TN_NODE_NONE ? tn_node_name (tn_draft_find (self->draft, found)) : "no layer");
}

static void
test_case (gconstpointer data)
{
  const TnValue *entry = data;
  const char *missing = missing_class (entry);
  g_autoptr (Case) self = NULL;
  g_autoptr (TnAdvice) advice = NULL;
  const char *observed = case_string (tn_value_lookup (entry, "verified"), "message");
  const TnIssue *issue;
  guint position;

  if (missing != NULL)
    {
      g_autofree char *reason = g_strdup_printf ("there is no layer %s yet", missing);

      g_test_skip (reason);
      return;
    }
  self = case_new (entry);
  position = find_fault (self);
  issue = tn_facts_issue (self->facts, position);
  g_test_message ("%s", issue->message);
  judge_shapes (self);
  judge_cause (self, issue);
  advice = tn_advise (self->facts, NULL);
  judge_fixes (self, advice, position);
  judge_message (self, issue, case_string (entry, "error"));
  if (observed != NULL)
    judge_message (self, issue, observed);
}

static TnValue *
add_cases (const char *path)
{
  g_autoptr (GBytes) bytes = tn_cases_load (path);
  g_autoptr (GError) error = NULL;
  TnValue *file = tn_format_json_parse (bytes, path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tn_value_size (file), >, 0);
  for (gsize i = 0; i < tn_value_size (file); i++)
    {
      const TnValue *entry = tn_value_at (file, i);
      g_autofree char *name = g_strdup_printf ("/mismatch/%s", case_string (entry, "id"));

      g_test_add_data_func (name, entry, test_case);
    }
  return file;
}

int
main (int argc, char **argv)
{
  g_autoptr (TnValue) threads = NULL, own = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  threads = add_cases ("tests/cases/mismatch.json.gz");
  own = add_cases ("tests/cases/mismatch-own.json");
  result = g_test_run ();
  return result;
}
