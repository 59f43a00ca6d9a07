/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded rules read back as arithmetic, through real layers. */
#include "graph/tn-draft.h"
#include "layers/tn-layer.h"

typedef struct
{
  const char *type, *settings; /* "filters=8; kernel_size=3" */
  const char *inputs;          /* separated by ';' */
  int axis;
  const char *text; /* NULL: handed on, or a bare parameter */
  /* "0/1=28" is axis 1 of input 0; "filters=8" a parameter */
  const char *leaves;
} Case;

static char *
leaves_text (const GArray *leaves, const TnSchema *schema)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < leaves->len; i++)
    {
      const TnLeaf *leaf = &g_array_index (leaves, TnLeaf, i);

      g_string_append (out, i > 0 ? " " : "");
      if (leaf->kind == TN_LEAF_INPUT)
        g_string_append_printf (out, "%u/%d", leaf->slot, leaf->axis);
      else
        g_string_append (out, schema->params[leaf->param].name);
      g_string_append_printf (out, "=%" G_GINT64_FORMAT, leaf->value);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static TnTrace *
trace_case (const Case *example, const TnLayer *layer)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id = tn_draft_add (draft, &layer->schema, NULL, FALSE, NULL);
  g_auto (GStrv) settings = g_strsplit (example->settings, "; ", -1);
  g_auto (GStrv) inputs = g_strsplit (example->inputs, "; ", -1);
  TnShape shapes[10];
  const char *sources[10];
  guint n_inputs = g_strv_length (inputs);

  for (char **setting = settings; *setting != NULL; setting++)
    {
      g_auto (GStrv) pair = g_strsplit (*setting, "=", 2);

      g_assert_true (tn_draft_set_text (draft, id, pair[0], pair[1], NULL));
    }
  g_assert_cmpuint (n_inputs, <=, G_N_ELEMENTS (shapes));
  for (guint i = 0; i < n_inputs; i++)
    {
      g_assert_true (tn_shape_from_text (inputs[i], &shapes[i]));
      sources[i] = "source";
    }
  return tn_layer_trace (tn_draft_find (draft, id), TN_DENSE_ANY, 0, shapes, sources, n_inputs);
}

static void
test_explain (void)
{
#define IMAGE "(None, 28, 27, 3)"
  static const Case cases[] = {
    /* window, valid: stride 1, stride, dilation, as wide as the stride */
    { "Conv2D", "filters=8; kernel_size=3", IMAGE, 1, "28 − 3 + 1",
      "0/1=28 kernel_size=3 strides=1 dilation_rate=1" },
    { "Conv2D", "filters=8; kernel_size=3; strides=2", IMAGE, 2, "⌊(27 − 3)/2⌋ + 1",
      "0/2=27 kernel_size=3 strides=2 dilation_rate=1" },
    { "Conv2D", "filters=8; kernel_size=3; dilation_rate=2", IMAGE, 1,
      "28 − 5 + 1, 5 = (3 − 1) × 2 + 1", "0/1=28 kernel_size=3 strides=1 dilation_rate=2" },
    { "MaxPooling2D", "", IMAGE, 1, "⌊28/2⌋", "0/1=28 pool_size=2" },
    { "MaxPooling2D", "pool_size=3; strides=2", IMAGE, 1, "⌊(28 − 3)/2⌋ + 1",
      "0/1=28 pool_size=3 strides=2" },
    /* window, same */
    { "Conv2D", "filters=8; kernel_size=3; strides=2; padding=same", IMAGE, 1, "⌈28/2⌉",
      "0/1=28 strides=2" },
    { "AveragePooling2D", "pool_size=2; padding=same", "(None, None, 27, 3)", 1, "⌈None/2⌉",
      "0/1=-1 pool_size=2" },
    /* nothing to tell: handed on, or said by a parameter */
    { "Conv2D", "filters=8; kernel_size=3; padding=same", IMAGE, 1, NULL, "0/1=28" },
    { "Conv2D", "filters=8; kernel_size=3", IMAGE, 3, NULL, "filters=8" },
    { "Conv2D", "filters=8; kernel_size=3", IMAGE, 0, NULL, "0/0=-1" },
    { "Dense", "units=5", "(None, 4)", 1, NULL, "units=5" },
    { "ReLU", "", IMAGE, 3, NULL, "0/3=3" },
    /* product */
    { "Flatten", "", "(None, 11, 11, 64)", 1, "11 × 11 × 64", "0/1=11 0/2=11 0/3=64" },
    { "Flatten", "", "(None, 7)", 1, NULL, "0/1=7" },
    { "Flatten", "", "(None, None, 4)", 1, "None × 4", "0/1=-1 0/2=4" },
    /* sum */
    { "Concatenate", "", "(None, 8, 32); (None, 8, 64)", 2, "32 + 64", "0/2=32 1/2=64" },
    { "Concatenate", "axis=1",
      "(None, 1); (None, 2); (None, 3); (None, 4); (None, 5); (None, 6); (None, 7); (None, 8); "
      "(None, 9)",
      1, "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9",
      "0/1=1 1/1=2 2/1=3 3/1=4 4/1=5 5/1=6 6/1=7 7/1=8 8/1=9" },
    /* divide */
    { "Activation", "activation=glu", "(None, 8)", 1, "8 / 2", "0/1=8" },
    { "Conv2D", "filters=8; kernel_size=1; activation=glu", IMAGE, 3, "8 / 2", "filters=8" },
    { "Reshape", "target_shape=(-1, 4)", "(None, 6, 8)", 1, "(6 × 8) / 4",
      "0/1=6 0/2=8 target_shape=4" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TnLayer *layer = tn_layer_find (cases[i].type);
      g_autoptr (TnTrace) trace = trace_case (&cases[i], layer);
      g_autofree char *text = NULL, *leaves = NULL;
      g_autoptr (GArray) made_of = NULL;

      g_test_message ("%s(%s) on %s, axis %d", cases[i].type, cases[i].settings, cases[i].inputs,
                      cases[i].axis);
      g_assert_true (tn_trace_explain (trace, 0, cases[i].axis, &text, &made_of));
      leaves = leaves_text (made_of, &layer->schema);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (leaves, ==, cases[i].leaves);
    }
}

static void
test_nothing (void)
{
  static const Case sound = { "Flatten", "", "(None, 2, 3)", 0, NULL, NULL };
  static const Case refused
      = { "Conv2D", "filters=8; kernel_size=9", "(None, 4, 4, 1)", 0, NULL, NULL };
  g_autoptr (TnTrace) trace = trace_case (&sound, tn_layer_find (sound.type));
  g_autoptr (TnTrace) none = trace_case (&refused, tn_layer_find (refused.type));
  char *text;
  GArray *leaves;

  g_assert_false (tn_trace_explain (trace, 0, 2, &text, &leaves));
  g_assert_null (text);
  g_assert_null (leaves);
  g_assert_false (tn_trace_explain (trace, 0, -1, &text, &leaves));
  g_assert_false (tn_trace_explain (trace, 1, 0, &text, &leaves));
  g_assert_false (tn_trace_explain (none, 0, 0, &text, &leaves));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/explain", test_explain);
  g_test_add_func ("/trace/nothing", test_nothing);
  return g_test_run ();
}
