/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models compute against what Keras or numpy says comes out, through the whole path: file,
 * graph, inference, plan, run. Of tests/cases/numeric.json.gz, forward passes of the real Keras;
 * layers-numeric.json.gz, made by layers.py; and operations.json.gz, made by operations.py. */
#include <math.h>
#include <string.h>

#include "../cases/tn-case-model.h"
#include "../cases/tn-cases.h"
#include "base/tn-error.h"
#include "exec/tn-run.h"

#define TOLERANCE 1e-4

/* One file of cases. */
typedef struct
{
  const char *path;
  const char *file;
  gboolean fixed; /* the models say how many samples there are, and so does a run */
} Source;

static const Source sources[] = {
  { "/numeric", "tests/cases/numeric.json.gz", FALSE },
  { "/layers", "tests/cases/layers-numeric.json.gz", FALSE },
  { "/operations", "tests/cases/operations.json.gz", TRUE },
};

typedef struct
{
  const Source *source;
  const TnValue *entry;
} Case;

/* One way to run a case. */
typedef struct
{
  const char *name;
  TnRunKernels kernels;
  gboolean single; /* one sample at a time */
  guint threads;
  gboolean watch;
} Way;

static const Way ways[] = {
  { "all at once", TN_RUN_KERNELS_AUTO, FALSE, 1, TRUE },
  { "one by one, fused", TN_RUN_KERNELS_AUTO, TRUE, 2, FALSE },
  { "by the references", TN_RUN_KERNELS_REFERENCE, FALSE, 1, TRUE },
};

static double
number_of (const TnValue *value)
{
  if (tn_value_kind (value) != TN_VALUE_STRING)
    return tn_value_float (value);
  return g_ascii_strtod (tn_value_string (value), NULL);
}

static TnTensor *
tensor_of (const TnValue *entry)
{
  const TnValue *data = tn_value_lookup (entry, "data");
  TnTensor *tensor;
  TnShape shape;

  g_assert_true (tn_shape_from_value (tn_value_lookup (entry, "shape"), &shape));
  tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_assert_cmpuint (tn_value_size (data), ==, tn_tensor_elements (tensor));
  for (gsize i = 0; i < tn_value_size (data); i++)
    tn_tensor_floats (tensor)[i] = (float)number_of (tn_value_at (data, i));
  return tensor;
}

/* ---- the model and what belongs to it ---- */

/* Of a case that holds a single layer, how many samples it takes being left open. */
static GBytes *
model_of_layer (const TnValue *entry)
{
  const TnValue *inputs = tn_value_lookup (entry, "inputs");
  g_autoptr (GPtrArray) shapes = g_ptr_array_new ();
  g_autoptr (TnValue) whole = NULL;
  g_autoptr (TnValue) list = NULL;

  for (gsize i = 0; i < tn_value_size (inputs); i++)
    {
      TnShape shape;

      g_assert_true (
          tn_shape_from_value (tn_value_lookup (tn_value_at (inputs, i), "shape"), &shape));
      shape.dims[0] = tn_dim (TN_DIM_UNKNOWN);
      g_ptr_array_add (shapes, tn_shape_to_value (&shape));
    }
  list = tn_value_new_list ((TnValue **)shapes->pdata, shapes->len);
  whole = tn_value_with (entry, "input_shapes", list);
  return tn_case_model (whole);
}

static TnGraph *
graph_of (const TnValue *entry)
{
  const TnValue *model = tn_value_lookup (entry, "model");
  g_autofree char *text = model != NULL ? tn_format_json (model, FALSE) : NULL;
  g_autoptr (GBytes) bytes
      = text != NULL ? g_bytes_new (text, strlen (text)) : model_of_layer (entry);
  g_autoptr (GError) error = NULL;
  TnGraph *graph = tn_format_parse (bytes, tn_case_string (entry, "id"), NULL, &error);

  g_assert_no_error (error);
  return graph;
}

static GHashTable *
tensors_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
}

/* The weights of @layer, told in the order in which Keras has them. FALSE: it has others. */
static gboolean
add_weights (GHashTable *weights, const TnFacts *facts, const char *layer, const TnValue *arrays)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnWeightSpec *specs = NULL;
  guint n = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (g_str_equal (tn_node_name (tn_graph_node (graph, i)), layer))
      specs = tn_facts_weights (facts, i, &n);
  for (guint i = 0; n == tn_value_size (arrays) && i < n; i++)
    g_hash_table_insert (weights, g_strconcat (layer, "/", specs[i].name, NULL),
                         tensor_of (tn_value_at (arrays, i)));
  if (n == tn_value_size (arrays))
    return TRUE;
  g_test_message ("%s has %u weights, not %u", layer, n, (guint)tn_value_size (arrays));
  g_test_fail ();
  return FALSE;
}

/* They stand there by layer, or, of a single layer, by name. FALSE: they are not the model's. */
static gboolean
find_weights (const TnValue *entry, const TnFacts *facts, GHashTable *weights)
{
  const TnValue *given = tn_value_lookup (entry, "weights");

  for (gsize i = 0; given != NULL && i < tn_value_size (given); i++)
    {
      const TnValue *one = tn_value_at (given, i);

      if (tn_value_lookup (one, "arrays") == NULL)
        g_hash_table_insert (weights,
                             g_strconcat (TN_CASE_SUBJECT, "/", tn_case_string (one, "name"), NULL),
                             tensor_of (one));
      else if (!add_weights (weights, facts, tn_case_string (one, "layer"),
                             tn_value_lookup (one, "arrays")))
        return FALSE;
    }
  return TRUE;
}

static GHashTable *
inputs_of (const TnValue *entry)
{
  const TnValue *given = tn_value_lookup (entry, "inputs");
  GHashTable *inputs = tensors_new ();

  for (gsize i = 0; i < tn_value_size (given); i++)
    g_hash_table_insert (inputs, g_strdup_printf ("input_%u", (guint)i),
                         tensor_of (tn_value_at (given, i)));
  return inputs;
}

/* ---- running ---- */

static gboolean
is_near (double got, double expected)
{
  if (isnan (expected) || isinf (expected))
    return isnan (expected) ? isnan (got) : got == expected;
  return fabs (got - expected) <= TOLERANCE * (1 + fabs (expected));
}

static void
compare (const TnRunOutput *got, TnTensor *expected, const char *way, guint output)
{
  g_autofree char *one = tn_shape_to_text (&got->shape);
  g_autofree char *other = tn_shape_to_text (tn_tensor_shape (expected));

  if (!g_str_equal (one, other))
    {
      g_test_message ("%s: output %u is %s, not %s", way, output, one, other);
      g_test_fail ();
      return;
    }
  for (gsize i = 0; i < tn_tensor_elements (expected); i++)
    if (!is_near (tn_tensor_floats (got->tensor)[i], tn_tensor_floats (expected)[i]))
      {
        g_test_message ("%s: element %u of output %u is %.9g, not %.9g", way, (guint)i, output,
                        tn_tensor_floats (got->tensor)[i], tn_tensor_floats (expected)[i]);
        g_test_fail ();
        return;
      }
}

static void
run (const Case *it, const TnFacts *facts, const TnRunOptions *options, const char *way)
{
  const TnValue *outputs = tn_value_lookup (it->entry, "outputs");
  const char *refused = tn_case_string (it->entry, "refused");
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = tn_plan_new (facts, options, NULL, &error);
  g_autoptr (TnRunResult) result
      = plan != NULL ? tn_plan_run (plan, NULL, NULL, NULL, &error) : NULL;

  if (refused != NULL)
    {
      g_assert_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED);
      if (strstr (error->message, refused) == NULL)
        {
          g_test_message ("%s: “%s” does not tell of “%s”", way, error->message, refused);
          g_test_fail ();
        }
      return;
    }
  if (result == NULL)
    {
      g_test_message ("%s: %s", way, error->message);
      g_test_fail ();
      return;
    }
  if (result->outputs->len != tn_value_size (outputs))
    {
      g_test_message ("%s: %u outputs, not %u", way, result->outputs->len,
                      (guint)tn_value_size (outputs));
      g_test_fail ();
      return;
    }
  for (guint i = 0; i < result->outputs->len; i++)
    {
      g_autoptr (TnTensor) expected = tensor_of (tn_value_at (outputs, i));

      compare (&g_array_index (result->outputs, TnRunOutput, i), expected, way, i);
    }
}

static void
test_case (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (TnGraph) graph = graph_of (it->entry);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GHashTable) inputs = inputs_of (it->entry);
  g_autoptr (GHashTable) weights = tensors_new ();

  if (!find_weights (it->entry, facts, weights))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      const Way *way = &ways[i];
      TnRunOptions options = tn_run_options_default ();

      if (it->source->fixed && way->single)
        continue;
      options.inputs = inputs;
      options.weights = weights;
      options.samples = 0;
      options.batch = way->single ? 1 : G_MAXINT32;
      options.threads = way->threads;
      options.watch = way->watch;
      options.kernels = way->kernels;
      options.keep_outputs = TRUE;
      run (it, facts, &options, way->name);
    }
}

/* ---- what there is ---- */

/* Which layers stand in models only within others, or compute what only Python can say. */
static gboolean
is_beyond_cases (const TnLayer *layer)
{
  static const char *const types[] = { "InputLayer", "Target",  "Lambda",          "SimpleRNNCell",
                                       "LSTMCell",   "GRUCell", "StackedRNNCells", "Masking" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (layer->schema.type, types[i]))
      return TRUE;
  return FALSE;
}

/* There is a case for each operation of the catalogue, or for each layer. */
static void
test_complete (gconstpointer data)
{
  const GPtrArray *of_source = data;
  const Source *source = ((const Case *)of_source->pdata[0])->source;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);
      gboolean found
          = (layer->family == TN_FAMILY_OPERATIONS) != source->fixed || is_beyond_cases (layer);

      for (guint j = 0; !found && j < of_source->len; j++)
        found = g_strcmp0 (tn_case_string (((const Case *)of_source->pdata[j])->entry, "class"),
                           layer->schema.type)
                == 0;
      if (!found)
        {
          g_test_message ("there is no case of %s", layer->schema.type);
          g_test_fail ();
        }
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      const Source *source = &sources[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = tn_cases_load (source->file);
      TnValue *whole = tn_format_json_parse (bytes, source->file, &error);
      GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
      const TnValue *entries;

      g_assert_no_error (error);
      g_ptr_array_add (files, whole);
      g_ptr_array_add (lists, list);
      entries = tn_value_lookup (whole, "cases");
      g_assert_cmpuint (tn_value_size (entries), >, 100);
      for (gsize j = 0; j < tn_value_size (entries); j++)
        {
          Case *it = g_new (Case, 1);
          g_autofree char *path = NULL;

          *it = (Case){ source, tn_value_at (entries, j) };
          g_ptr_array_add (list, it);
          path = g_strconcat (source->path, "/", tn_case_string (it->entry, "id"), NULL);
          g_test_add_data_func (path, it, test_case);
        }
      if (tn_value_lookup (tn_value_at (entries, 0), "model") != NULL)
        {
          g_autofree char *path = g_strconcat (source->path, "/complete", NULL);

          g_test_add_data_func (path, list, test_complete);
        }
    }
  return g_test_run ();
}
