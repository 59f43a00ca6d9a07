/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bundled example models: each file is what its row here says, to the byte.
 * With TENON_WRITE_EXAMPLES set the files are written. */
#include <string.h>

#include "layers/tn-layer.h"
#include "test-files.h"

typedef struct
{
  const char *type;
  const char *name;     /* NULL: automatic */
  const char *settings; /* "param=text", separated by ';' */
  int pin;              /* width, or 0 */
} Row;

typedef struct
{
  const char *name;
  gint64 samples; /* 0: not said */
  Row rows[8];    /* a chain, top to bottom */
} Example;

#define INPUT(shape)                                                                               \
  {                                                                                                \
    "InputLayer", NULL, "batch_shape=" shape, 0                                                    \
  }
#define CONV(filters)                                                                              \
  {                                                                                                \
    "Conv2D", NULL, "filters=" filters ";kernel_size=3;activation=relu", 0                         \
  }
#define CONV_SAME(filters)                                                                         \
  {                                                                                                \
    "Conv2D", NULL, "filters=" filters ";kernel_size=3;padding=same;activation=relu", 0            \
  }
#define POOL                                                                                       \
  {                                                                                                \
    "MaxPooling2D", NULL, "", 0                                                                    \
  }
#define FLATTEN                                                                                    \
  {                                                                                                \
    "Flatten", NULL, "", 0                                                                         \
  }

static const Example examples[] = {
  { "conv-flatten-dense",
    0,
    { INPUT ("(None, 28, 28, 1)"),
      CONV ("32"),
      POOL,
      CONV ("64"),
      FLATTEN,
      { "Dense", "dense_2", "units=256;activation=relu", 0 } } },
  { "conv-pool-flatten-dense",
    0,
    { INPUT ("(None, 28, 28, 1)"),
      CONV ("32"),
      POOL,
      CONV ("64"),
      POOL,
      FLATTEN,
      { "Dense", "dense_2", "units=256;activation=relu", 0 } } },
  { "missing-flatten",
    0,
    { INPUT ("(None, 28, 28, 1)"),
      CONV ("32"),
      POOL,
      CONV ("64"),
      POOL,
      { "Dense", "dense_2", "units=256", 0 } } },
  { "reshape-1600",
    0,
    { INPUT ("(None, 28, 28, 1)"),
      CONV ("32"),
      POOL,
      CONV ("64"),
      { "Reshape", NULL, "target_shape=(-1, 1600)", 0 },
      { "Dense", "dense_2", "units=256", 0 } } },
  { "dense-256-meets-4096",
    16210,
    { INPUT ("(None, 32, 32, 3)"),
      CONV_SAME ("32"),
      POOL,
      CONV_SAME ("64"),
      POOL,
      FLATTEN,
      { "Dense", "dense_2", "units=10", 256 } } },
  { "target-4096-on-dense-256",
    0,
    { INPUT ("(None, 784)"),
      { "Dense", NULL, "units=512;activation=relu", 0 },
      { "Dense", "dense_2", "units=256", 0 },
      { "Target", NULL, "shape=(16210, 4096)", 0 } } },
};

static void
add_row (TnDraft *draft, const Row *row, guint position)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (row->type)->schema, row->name, FALSE, NULL);
  g_auto (GStrv) settings = g_strsplit (row->settings, ";", 0);

  for (guint i = 0; settings[i]; i++)
    {
      char *text = strchr (settings[i], '=');

      *text++ = '\0';
      g_assert_true (tn_draft_set_text (draft, id, settings[i], text, NULL));
    }
  if (row->pin)
    {
      TnShape pin = tn_shape_new ((const gint64[]){ TN_DIM_UNKNOWN, row->pin }, 2);

      tn_draft_pin (draft, id, &pin);
    }
  tn_draft_move (draft, id, 0, 108.0 * position);
  if (position > 0)
    g_assert_true (tn_draft_connect (draft, (TnRef){ id - 1, 0, 0 }, id, 0, 0, NULL));
}

static TnGraph *
build (const Example *example)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autofree char *name = g_strdelimit (g_strdup (example->name), "-", '_');

  tn_draft_set_name (draft, name);
  if (example->samples)
    {
      static const char *const keys[] = { "samples", "batch" };
      TnValue *items[] = { tn_value_new_int (example->samples), tn_value_new_int (32) };
      g_autoptr (TnValue) run = tn_value_new_dict (keys, items, 2);
      g_autoptr (TnValue) block = tn_value_with (NULL, "run", run);
      g_autoptr (TnValue) extras = tn_value_with (NULL, "tenon", block);

      tn_draft_set_graph_extras (draft, extras);
    }
  for (guint i = 0; i < G_N_ELEMENTS (example->rows) && example->rows[i].type; i++)
    add_row (draft, &example->rows[i], i);
  return tn_draft_finish (draft);
}

static void
test_example (gconstpointer data)
{
  const Example *example = data;
  g_autofree char *path = g_strdup_printf ("resources/examples/%s.tenon", example->name);
  g_autoptr (TnGraph) graph = build (example);
  g_autoptr (GBytes) expected = tn_format_write_tenon (graph);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (TnGraph) read = NULL;
  TnFormat format;

  if (g_getenv ("TENON_WRITE_EXAMPLES"))
    {
      g_autofree char *file = g_test_build_filename (G_TEST_DIST, path, NULL);

      g_assert_true (tn_format_save (expected, file, NULL));
    }
  bytes = tn_cases_load (path);
  test_same_bytes (bytes, expected);
  read = test_parse (bytes, &format);
  g_assert_cmpint (format, ==, TN_FORMAT_TENON);
  g_assert_cmpint (tn_graph_dense_inputs (read), ==, TN_DENSE_FLAT);
  g_assert_true (tn_graph_same_meaning (read, graph));
  again = tn_format_write_tenon (read);
  test_same_bytes (again, bytes);
}

/* Whole models: nothing is wrong with them, and they are as they would be written again. */
static const char *const models[]
    = { "mlp",         "lenet",           "small-vgg",   "resnet",    "unet",
        "autoencoder", "text-classifier", "transformer", "two-inputs" };

static void
test_model (gconstpointer data)
{
  g_autofree char *path = g_strdup_printf ("resources/examples/%s.tenon", (const char *)data);
  g_autoptr (GBytes) bytes = tn_cases_load (path);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (TnGraph) read = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnFormat format;

  read = test_parse (bytes, &format);
  g_assert_cmpint (format, ==, TN_FORMAT_TENON);
  again = tn_format_write_tenon (read);
  test_same_bytes (again, bytes);
  facts = tn_infer (read, NULL, NULL);
  if (tn_facts_n_issues (facts) > 0)
    g_test_message ("%s", tn_facts_issue (facts, 0)->message);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  g_assert_true (tn_facts_totals (facts).complete);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = g_strdup_printf ("/formats/examples/%s", models[i]);

      g_test_add_data_func (path, models[i], test_model);
    }
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *path = g_strdup_printf ("/formats/examples/%s", examples[i].name);

      g_test_add_data_func (path, &examples[i], test_example);
    }
  return g_test_run ();
}
