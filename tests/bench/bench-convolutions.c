/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutions of known networks on one thread: what Tenon takes for each, against patches gathered
 * into a matrix and bli_sgemm, and against oneDNN where it is installed. In turns, by the CPU time
 * of the thread; only ratios within a round count, of which the median is told. */
#include "kernels/tn-cpu.h"
#include "ops/tn-op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TN_WITH_DNNL
#include <dnnl.h>
#endif

#define ROUNDS  9
#define REPEATS 2

typedef struct
{
  gint64 n, size, channels, filters, kernel, stride;
  gboolean depthwise;
} Layer;

static const Layer layers[] = {
  { 1, 112, 32, 32, 3, 1, TRUE },   { 1, 112, 96, 96, 3, 2, TRUE },
  { 1, 56, 144, 144, 3, 1, TRUE },  { 1, 28, 192, 192, 3, 1, TRUE },
  { 1, 14, 384, 384, 3, 1, TRUE },  { 1, 14, 576, 576, 3, 2, TRUE },
  { 1, 7, 960, 960, 3, 1, TRUE },   { 1, 28, 240, 240, 5, 1, TRUE },
  { 1, 224, 64, 64, 3, 1, FALSE },  { 1, 112, 128, 128, 3, 1, FALSE },
  { 1, 56, 256, 256, 3, 1, FALSE }, { 1, 28, 512, 512, 3, 1, FALSE },
  { 1, 14, 512, 512, 3, 1, FALSE }, { 1, 56, 64, 64, 3, 1, FALSE },
  { 1, 7, 512, 512, 3, 1, FALSE },  { 1, 224, 3, 64, 7, 2, FALSE },
  { 1, 56, 64, 256, 1, 1, FALSE },  { 1, 14, 1024, 256, 1, 1, FALSE },
  { 16, 13, 32, 64, 3, 1, FALSE },  { 16, 28, 1, 32, 3, 1, FALSE },
};

enum
{
  OWN,
  APPROXIMATE,
  PLAIN_BLIS,
  CHOSEN, /* the first of all ways that a call can ask for: TnWay */
  ONE_DNN = CHOSEN + TN_N_WAYS,
  N_WAYS
};

static float *
numbers (gsize bytes)
{
  gsize whole = (bytes + 4096) / TN_ALIGNMENT * TN_ALIGNMENT;
  float *x = aligned_alloc (TN_ALIGNMENT, whole);
  for (gsize i = 0; i < whole / sizeof *x; i++)
    x[i] = (float)(i % 13) * 0.1f - 0.6f;
  return x;
}

static gsize
bytes_of (const TnShape *shape)
{
  return (gsize)tn_shape_elements (shape, 0) * sizeof (float);
}

/* One call of the op, ready to be run again and again. */
typedef struct
{
  TnOpSettings settings;
  TnShape shapes[3];
  TnShape output;
  TnOpCall call;
  TnOpData data;
  TnKernelContext context;
  float *packed, *scratch;
} Way;

static void
way_init (Way *way, const Layer *layer, TnKernelChoice kernels, gboolean approximate, TnWay asked,
          float *x, float *weights, float *bias)
{
  const TnOp *op = &tn_op_convolution;
  gint64 pad = (layer->kernel - 1) / 2;
  gint64 groups = layer->depthwise ? layer->channels : 1;
  const gint64 in[] = { layer->n, layer->size, layer->size, layer->channels };
  const gint64 kernel[]
      = { layer->kernel, layer->kernel, layer->channels / groups, layer->filters };

  memset (way, 0, sizeof *way);
  way->settings = (TnOpSettings){
    .stride = { layer->stride, layer->stride, 1 },
    .dilation = { 1, 1, 1 },
    .pad_before = { pad, pad },
    .pad_after = { pad, pad },
    .groups = groups,
    .activation = TN_ACTIVATION_RELU,
    .kernels = kernels,
    .approximate = approximate,
    .way = asked,
  };
  way->shapes[0] = tn_shape_new (in, 4);
  way->shapes[1] = tn_shape_new (kernel, 4);
  way->shapes[2] = tn_shape_new (&layer->filters, 1);
  way->call = (TnOpCall){ .settings = &way->settings, .n_inputs = 3, .output = &way->output };
  for (int i = 0; i < 3; i++)
    way->call.inputs[i] = &way->shapes[i];
  way->output = op->shape (&way->call, NULL);
  way->data = (TnOpData){ .inputs = { x, weights, bias } };
  gsize packed = op->packed (&way->call);
  if (packed > 0)
    {
      way->packed = numbers (packed);
      op->pack (&way->call, weights, way->packed);
      way->call.packed = TRUE;
      way->data.packed = way->packed;
    }
  TnScratch scratch = op->scratch (&way->call);
  way->scratch = numbers (tn_scratch_bytes (scratch, 1));
  way->context
      = (TnKernelContext){ .n_workers = 1, .scratch = scratch, .memory = (char *)way->scratch };
}

static void
way_clear (Way *way)
{
  free (way->packed);
  free (way->scratch);
}

#ifdef TN_WITH_DNNL

static void
must (dnnl_status_t status)
{
  if (status != dnnl_success)
    g_error ("oneDNN refuses a call: %d", (int)status);
}

typedef struct
{
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[4];
} Peer;

static dnnl_memory_t
peer_memory (Peer *peer, const dnnl_memory_desc_t *what)
{
  dnnl_memory_t memory;
  void *data;
  must (dnnl_memory_create (&memory, what, peer->engine, DNNL_MEMORY_ALLOCATE));
  must (dnnl_memory_get_data_handle (memory, &data));
  for (gsize i = 0; i < dnnl_memory_desc_get_size (what) / sizeof (float); i++)
    ((float *)data)[i] = (float)(i % 13) * 0.1f - 0.6f;
  return memory;
}

/* Weights in the layout of its choice, tensors as Tenon has them. */
static void
peer_init (Peer *peer, const Layer *l)
{
  dnnl_dim_t pad = (l->kernel - 1) / 2;
  dnnl_dim_t out = (l->size + 2 * pad - l->kernel) / l->stride + 1;
  dnnl_dims_t x_dims = { l->n, l->channels, l->size, l->size };
  dnnl_dims_t out_dims = { l->n, l->filters, out, out };
  dnnl_dims_t bias_dims = { l->filters };
  dnnl_dims_t dense = { l->filters, l->channels, l->kernel, l->kernel };
  dnnl_dims_t grouped = { l->channels, 1, 1, l->kernel, l->kernel };
  dnnl_dims_t strides = { l->stride, l->stride }, pads = { pad, pad };
  dnnl_memory_desc_t x, weights, bias, result;
  dnnl_convolution_desc_t convolution;
  dnnl_primitive_attr_t attributes;
  dnnl_post_ops_t after;
  dnnl_primitive_desc_t description;

  must (dnnl_engine_create (&peer->engine, dnnl_cpu, 0));
  must (dnnl_stream_create (&peer->stream, peer->engine, dnnl_stream_default_flags));
  must (dnnl_memory_desc_init_by_tag (&x, 4, x_dims, dnnl_f32, dnnl_nhwc));
  must (dnnl_memory_desc_init_by_tag (&result, 4, out_dims, dnnl_f32, dnnl_nhwc));
  must (dnnl_memory_desc_init_by_tag (&bias, 1, bias_dims, dnnl_f32, dnnl_a));
  must (dnnl_memory_desc_init_by_tag (&weights, l->depthwise ? 5 : 4,
                                      l->depthwise ? grouped : dense, dnnl_f32,
                                      dnnl_format_tag_any));
  must (dnnl_convolution_forward_desc_init (&convolution, dnnl_forward_inference,
                                            dnnl_convolution_auto, &x, &weights, &bias, &result,
                                            strides, pads, pads));
  must (dnnl_post_ops_create (&after));
  must (dnnl_post_ops_append_eltwise (after, 1.0f, dnnl_eltwise_relu, 0.0f, 0.0f));
  must (dnnl_primitive_attr_create (&attributes));
  must (dnnl_primitive_attr_set_post_ops (attributes, after));
  must (dnnl_primitive_desc_create (&description, &convolution, attributes, peer->engine, NULL));
  must (dnnl_primitive_create (&peer->primitive, description));
  peer->arguments[0] = (dnnl_exec_arg_t){ DNNL_ARG_SRC, peer_memory (peer, &x) };
  peer->arguments[1] = (dnnl_exec_arg_t){
    DNNL_ARG_WEIGHTS,
    peer_memory (peer, dnnl_primitive_desc_query_md (description, dnnl_query_weights_md, 0))
  };
  peer->arguments[2] = (dnnl_exec_arg_t){ DNNL_ARG_BIAS, peer_memory (peer, &bias) };
  peer->arguments[3] = (dnnl_exec_arg_t){ DNNL_ARG_DST, peer_memory (peer, &result) };
  must (dnnl_primitive_desc_destroy (description));
  must (dnnl_primitive_attr_destroy (attributes));
  must (dnnl_post_ops_destroy (after));
}

static void
peer_run (Peer *peer)
{
  must (dnnl_primitive_execute (peer->primitive, peer->stream, 4, peer->arguments));
  must (dnnl_stream_wait (peer->stream));
}

static void
peer_clear (Peer *peer)
{
  for (int i = 0; i < 4; i++)
    must (dnnl_memory_destroy (peer->arguments[i].memory));
  must (dnnl_primitive_destroy (peer->primitive));
  must (dnnl_stream_destroy (peer->stream));
  must (dnnl_engine_destroy (peer->engine));
}

#else

typedef struct
{
  int unused;
} Peer;
static void
peer_init (Peer *peer, const Layer *layer)
{
}
static void
peer_run (Peer *peer)
{
}
static void
peer_clear (Peer *peer)
{
}

#endif

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The median over the rounds of the time of @way divided by our own. */
static double
ratio (double seconds[N_WAYS][ROUNDS], int way)
{
  double ratios[ROUNDS];
  for (int i = 0; i < ROUNDS; i++)
    ratios[i] = seconds[way][i] / seconds[OWN][i];
  qsort (ratios, ROUNDS, sizeof *ratios, compare);
  return ratios[ROUNDS / 2];
}

static void
run_way (Way *ways, Peer *peer, int way)
{
  if (way == ONE_DNN)
    peer_run (peer);
  else
    tn_op_convolution.kernel (&ways[way].call, &ways[way].data, &ways[way].context);
}

/* Of all ways that the rule did not take what each takes, and by how much the tuner, which takes
 * the best of them by their minima if it is faster by 3 %, is ahead. */
static void
print_ways (const Way *ways, const gboolean *is_there, double seconds[][ROUNDS])
{
  double least[N_WAYS];
  int best = OWN;

  printf (", \"ways\": {");
  for (int way = OWN, n = 0; way < ONE_DNN; way++)
    {
      least[way] = seconds[way][0];
      for (int i = 1; i < ROUNDS && is_there[way]; i++)
        least[way] = MIN (least[way], seconds[way][i]);
      if (way < CHOSEN || !is_there[way])
        continue;
      printf ("%s\"%s\": %.2f", n++ > 0 ? ", " : "",
              tn_op_convolution.kernel_name (&ways[way].call), ratio (seconds, way));
      if (least[way] < least[best])
        best = way;
    }
  printf ("}, \"tuner\": %.3f", least[best] < 0.97 * least[OWN] ? least[best] / least[OWN] : 1.0);
}

static void
bench_layer (const Layer *layer, gboolean last)
{
  double seconds[N_WAYS][ROUNDS];
  gboolean is_there[N_WAYS];
  double best = 1e9;
  Way ways[ONE_DNN];
  Peer peer;
  gint64 groups = layer->depthwise ? layer->channels : 1;
  float *x = numbers ((gsize)(layer->n * layer->size * layer->size * layer->channels) * 4);
  float *weights = numbers (
      (gsize)(layer->kernel * layer->kernel * layer->channels / groups * layer->filters) * 4);
  float *bias = numbers ((gsize)layer->filters * 4);

  for (int way = 0; way < N_WAYS; way++)
    {
      TnWay asked = way >= CHOSEN && way < ONE_DNN ? (TnWay)(way - CHOSEN) : TN_WAY_RULE;

      is_there[way] = way < CHOSEN || way == ONE_DNN;
      if (way == ONE_DNN)
        continue;
      way_init (&ways[way], layer, way == PLAIN_BLIS ? TN_KERNELS_BLIS : TN_KERNELS_AUTO,
                way == APPROXIMATE, asked, x, weights, bias);
      if (way >= CHOSEN)
        is_there[way] = asked != TN_WAY_RULE && tn_op_convolution.way (&ways[way].call) == asked
                        && asked != tn_op_convolution.way (&ways[OWN].call);
    }
  peer_init (&peer, layer);
  float *out = numbers (bytes_of (&ways[OWN].output));
  for (int way = 0; way < ONE_DNN; way++)
    ways[way].data.output = out;
  for (int round = 0; round < ROUNDS; round++)
    for (int way = 0; way < N_WAYS; way++)
      {
        if (!is_there[way])
          continue;
        /* The first run finds its data where the one before it has left them. */
        run_way (ways, &peer, way);
        double start = tn_cpu_thread_seconds ();
        for (int i = 0; i < REPEATS; i++)
          run_way (ways, &peer, way);
        seconds[way][round] = (tn_cpu_thread_seconds () - start) / REPEATS;
      }
  for (int i = 0; i < ROUNDS; i++)
    best = MIN (best, seconds[OWN][i]);

  printf ("  {\"layer\": \"%d x %dx%dx%d -> %d, %dx%d/%d%s\", \"kernel\": \"%s\", \"us\": %.0f, "
          "\"gflops\": %.1f, \"approximate\": %.2f, \"im2col_blis\": %.2f",
          (int)layer->n, (int)layer->size, (int)layer->size, (int)layer->channels,
          (int)layer->filters, (int)layer->kernel, (int)layer->kernel, (int)layer->stride,
          layer->depthwise ? " depthwise" : "", tn_op_convolution.kernel_name (&ways[OWN].call),
          best * 1e6, tn_op_convolution.flops (&ways[OWN].call) / best * 1e-9,
          ratio (seconds, APPROXIMATE), ratio (seconds, PLAIN_BLIS));
#ifdef TN_WITH_DNNL
  printf (", \"onednn\": %.2f", ratio (seconds, ONE_DNN));
#endif
  print_ways (ways, is_there, seconds);
  printf ("}%s\n", last ? "" : ",");
  fflush (stdout);

  for (int way = 0; way < ONE_DNN; way++)
    way_clear (&ways[way]);
  peer_clear (&peer);
  free (x);
  free (weights);
  free (bias);
  free (out);
}

/* All layers, or those from the first number given to before the second. */
int
main (int argc, char **argv)
{
#ifdef TN_WITH_DNNL
  /* Read before main () by the library that oneDNN's threads come from. */
  if (g_strcmp0 (g_getenv ("OMP_NUM_THREADS"), "1") != 0)
    {
      fprintf (stderr, "bench-convolutions: OMP_NUM_THREADS must be 1\n");
      return 2;
    }
#endif
  printf ("{\"isa\": \"%s\", \"peak_gflops\": %.1f, \"ratios\": \"time of the other / own time\", "
          "\"layers\": [\n",
          tn_isa_name (tn_cpu ()->isa), tn_cpu_peak_gflops ());
  guint first = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 0;
  guint end = argc > 2 ? (guint)g_ascii_strtoull (argv[2], NULL, 10) : G_N_ELEMENTS (layers);
  for (guint i = first; i < end && i < G_N_ELEMENTS (layers); i++)
    bench_layer (&layers[i], i + 1 == MIN (end, G_N_ELEMENTS (layers)));
  printf ("]}\n");
  return 0;
}
