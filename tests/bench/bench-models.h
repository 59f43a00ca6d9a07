/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of any length, for benchmarks: chains, ladders of residual blocks, U-Nets in a row. */
#pragma once

#include "graph/tn-draft.h"
#include "layers/tn-layer.h"

G_BEGIN_DECLS

#define SETTINGS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_SETTINGS   ((const char *const[]){ NULL })

/* What is being built: @last is where the next layer is wired to. */
typedef struct
{
  TnDraft *draft;
  TnNodeId last;
} Builder;

static TnNodeId
build_add (Builder *builder, const char *type, const char *const *settings)
{
  TnNodeId id = tn_draft_add (builder->draft, &tn_layer_find (type)->schema, NULL, FALSE, NULL);

  for (; settings[0] != NULL; settings += 2)
    g_assert_true (tn_draft_set_text (builder->draft, id, settings[0], settings[1], NULL));
  if (builder->last != TN_NODE_NONE)
    g_assert_true (
        tn_draft_connect (builder->draft, (TnRef){ builder->last, 0, 0 }, id, 0, 0, NULL));
  return builder->last = id;
}

static void
build_wire (Builder *builder, TnNodeId from)
{
  g_assert_true (
      tn_draft_connect (builder->draft, (TnRef){ from, 0, 0 }, builder->last, 0, G_MAXUINT, NULL));
}

static TnNodeId
build_conv (Builder *builder, const char *filters)
{
  return build_add (builder, "Conv2D",
                    SETTINGS ("filters", filters, "kernel_size", "3", "padding", "same"));
}

/* Conv2D, ReLU, MaxPooling2D in a row. */
static void
build_chain (Builder *builder)
{
  build_conv (builder, "8");
  build_add (builder, "ReLU", NO_SETTINGS);
  build_add (builder, "MaxPooling2D", SETTINGS ("padding", "same"));
}

/* A residual block: two convolutions and an Add with what came before them. */
static void
build_ladder (Builder *builder)
{
  TnNodeId before = builder->last;

  build_conv (builder, "16");
  build_add (builder, "ReLU", NO_SETTINGS);
  build_conv (builder, "8");
  build_add (builder, "Add", NO_SETTINGS);
  build_wire (builder, before);
}

/* Like a U-Net: two steps down, two up, with a Concatenate across on each; all of one size, for
 * nothing makes images larger. */
static void
build_unet (Builder *builder)
{
  TnNodeId across[2];

  for (int depth = 0; depth < 2; depth++)
    {
      build_conv (builder, "8");
      across[depth] = build_add (builder, "ReLU", NO_SETTINGS);
      build_add (builder, "MaxPooling2D", SETTINGS ("strides", "1", "padding", "same"));
    }
  build_conv (builder, "16");
  for (int depth = 2; depth-- > 0;)
    {
      build_add (builder, "Concatenate", NO_SETTINGS);
      build_wire (builder, across[depth]);
      build_conv (builder, "8");
    }
}

static const struct
{
  const char *name;
  void (*build) (Builder *builder);
} bench_families[] = {
  { "chain", build_chain },
  { "ladder", build_ladder },
  { "unet", build_unet },
};

/* @n_layers or a few more. */
static inline TnGraph *
make_graph (void (*build) (Builder *builder), guint n_layers)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  Builder builder = { .draft = draft };

  build_add (&builder, "InputLayer", SETTINGS ("batch_shape", "(None, 64, 64, 8)"));
  while (tn_draft_size (draft) < n_layers)
    build (&builder);
  return tn_draft_finish (draft);
}

G_END_DECLS
