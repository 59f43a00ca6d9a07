/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models as graphs and plans, and the ways to run them that are Tenon's own. */
#include "models/subject.h"

#include "bench-models.h"
#include "cases/tn-cases.h"
#include "formats/tn-format.h"

#define EXAMPLE(name) "resources/examples/" name ".tenon"
#define CASE(name)    "tests/cases/" name ".json.gz"

static const Subject subjects[] = {
  { "mlp", NULL, 0, { 1, 16, 64, 256 } },
  { "lenet", EXAMPLE ("conv-pool-flatten-dense"), 0, { 1, 16, 256 } },
  { "lenet-5", EXAMPLE ("lenet"), 0, { 1, 16, 256 } },
  { "mobilenet-v2", CASE ("MobileNetV2"), 0, { 1 } },
  { "resnet-50", CASE ("ResNet50"), 0, { 1 } },
  { "vgg-16", CASE ("VGG16"), 0, { 1 } },
  { "lstm", EXAMPLE ("text-classifier"), 10000, { 1, 16 } },
  { "transformer", EXAMPLE ("transformer"), 10000, { 1, 16 } },
};

const Subject *
subject_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    if (g_str_equal (subjects[i].name, name))
      return &subjects[i];
  return NULL;
}

const Subject *
subject_at (guint index)
{
  return &subjects[index];
}

guint
subject_count (void)
{
  return G_N_ELEMENTS (subjects);
}

static TnGraph *
perceptron (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  Builder builder = { .draft = draft };

  build_add (&builder, "InputLayer", SETTINGS ("batch_shape", "(None, 784)"));
  build_add (&builder, "Dense", SETTINGS ("units", "512", "activation", "relu"));
  build_add (&builder, "Dense", SETTINGS ("units", "512", "activation", "relu"));
  build_add (&builder, "Dense", SETTINGS ("units", "10", "activation", "softmax"));
  return tn_draft_finish (draft);
}

TnGraph *
subject_graph (const Subject *subject)
{
  if (subject->file == NULL)
    return perceptron ();
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), subject->file, NULL);
  g_autoptr (GBytes) bytes = tn_cases_read (path);
  g_autoptr (GError) error = NULL;
  TnFormat format;
  TnGraph *graph = tn_format_parse (bytes, subject->file, &format, &error);
  if (graph == NULL)
    g_error ("%s", error->message);
  return graph;
}

/* Numbers that are spread evenly, ids or from -1 to 1, by layer name for every input. */
static GHashTable *
inputs_of (const Subject *subject, const TnFacts *facts, gint64 batch)
{
  GHashTable *inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  const TnGraph *graph = tn_facts_graph (facts);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      if (!tn_compile_is_input (node))
        continue;
      TnShape shape = tn_facts_shape (facts, (TnRef){ .node = tn_node_id (node) }, NULL);
      shape.dims[0] = tn_dim (batch);
      TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
      guint32 state = 1;
      for (gsize j = 0; j < tn_tensor_elements (tensor); j++)
        {
          state = state * 1664525 + 1013904223;
          tn_tensor_floats (tensor)[j] = subject->ids > 0
                                             ? (float)((state >> 8) % subject->ids)
                                             : (float)(state >> 8) / (float)(1 << 23) - 1.0f;
        }
      g_hash_table_insert (inputs, g_strdup (tn_node_name (node)), tensor);
    }
  return inputs;
}

TnPlan *
subject_plan (const Subject *subject, gint64 batch, guint threads, TnRunKernels kernels,
              gboolean approximate)
{
  g_autoptr (TnGraph) graph = subject_graph (subject);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GHashTable) inputs = inputs_of (subject, facts, batch);
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();

  options.samples = batch;
  options.batch = batch;
  options.threads = threads;
  options.inputs = inputs;
  options.keep_outputs = TRUE;
  options.watch = FALSE;
  options.kernels = kernels;
  options.approximate = approximate;
  TnPlan *plan = tn_plan_new (facts, &options, NULL, &error);
  if (plan == NULL)
    g_error ("%s: %s", subject->name, error->message);
  return plan;
}

/* ---- Tenon's own ways ---- */

typedef struct
{
  TnPlan *plan;
  TnRunResult *result;
} Own;

static Own *
own_new (TnPlan *plan)
{
  Own *own = g_new0 (Own, 1);
  own->plan = plan;
  return own;
}

static gpointer
tenon_begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  return own_new (subject_plan (subject, batch, threads, TN_RUN_KERNELS_AUTO, FALSE));
}

static gpointer
tenon_fast_begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  return own_new (subject_plan (subject, batch, threads, TN_RUN_KERNELS_AUTO, TRUE));
}

static gpointer
blis_begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  return own_new (subject_plan (subject, batch, threads, TN_RUN_KERNELS_BLIS, FALSE));
}

static void
own_run (gpointer way)
{
  Own *own = way;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&own->result, tn_run_result_unref);
  own->result = tn_plan_run (own->plan, NULL, NULL, NULL, &error);
  if (own->result == NULL)
    g_error ("%s", error->message);
}

static const float *
own_output (gpointer way, gsize *n)
{
  Own *own = way;
  TnTensor *tensor = g_array_index (own->result->outputs, TnRunOutput, 0).tensor;

  *n = tn_tensor_elements (tensor);
  return tn_tensor_floats (tensor);
}

const Way way_tenon = { "tenon", tenon_begin, own_run, own_output, NULL };
const Way way_tenon_fast = { "tenon-fast", tenon_fast_begin, own_run, own_output, NULL };
const Way way_blis = { "im2col-blis", blis_begin, own_run, own_output, NULL };
