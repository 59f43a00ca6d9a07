/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnVolumes: a model as slabs in an oblique projection, each as large as the tensor it puts out. */
#pragma once

#include "scene/tn-painter-private.h"

G_BEGIN_DECLS

/* How much of a depth goes to the right, and up. */
#define TN_OBLIQUE_X 0.36
#define TN_OBLIQUE_Y 0.32

typedef enum
{
  TN_VOLUME_SLAB,  /* an image or a volume: channels along the flow */
  TN_VOLUME_SHEET, /* a sequence: features up, steps into the depth */
  TN_VOLUME_BAR,   /* a vector */
  TN_VOLUME_DISC,  /* an addition and its like */
  TN_VOLUME_CARD,  /* a closed group, or what nothing is known of */
} TnVolumeKind;

typedef enum
{
  TN_JOINT_ARROW,    /* apart, with an arrow between */
  TN_JOINT_NEAR,     /* one behind the other */
  TN_JOINT_ATTACHED, /* on it */
} TnJoint;

typedef struct
{
  const TnNode *node; /* borrowed */
  const TnLayer *layer;
  const TnGroup *group; /* the closed group that it stands for */
  const TnIssue *issue; /* an error of it, or NULL */
  TnFamily family;
  TnVolumeKind kind;
  TnJoint joint; /* with what stands before it in its chain */
  TnShape shape;
  gboolean channels_first;
  double along, tall, deep; /* along the flow, and across it */
  guint copies;             /* slabs one behind the other: feature maps, heads */
  guint cells;              /* that it is ruled into */
  double shares[8];         /* of a concatenation: where along it one input ends */
  guint n_shares;
  gboolean band; /* has an activation of its own */
  char sign[8];  /* of a disc */
  /* Of the string chunk, or NULL. */
  const char *size, *height, *depth, *kernel, *name;
  double drop;   /* how much lower its name is written, to keep off the one before */
  double beside; /* 0, or where the body ends that it stands on, where that is larger */
  double u, v;   /* where it begins along the flow, and its axis */
} TnVolume;

typedef struct
{
  guint from, to;
  gboolean skip;                 /* goes around what is between: an arc */
  gboolean hidden;               /* between slabs that touch */
  double level;                  /* of an arc: where it runs along the flow */
  double start_shift, end_shift; /* along the flow, where another arc ends at the same slab */
} TnVolumeWire;

typedef struct
{
  const TnGroup *group;
  TnRect box;
} TnVolumeFrame;

typedef struct
{
  const TnStyle *style;
  TnDirection direction;
  guint parts;
  GStringChunk *strings;
  TnVolume *volumes; /* in order of computation */
  guint n_volumes;
  TnVolumeWire *wires; /* in the order of their ends */
  guint n_wires;
  TnVolumeFrame *frames;
  guint n_frames;
  TnRect bounds;
} TnVolumes;

TnVolumes *tn_volumes_new (const TnGraph *graph, const TnFacts *facts, const TnStyle *style,
                           TnDirection direction, guint parts);
void tn_volumes_free (TnVolumes *volumes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnVolumes, tn_volumes_free)
void tn_volumes_draw (const TnVolumes *volumes, const TnPaint *paint);

/* ---- tn-volumes-size.c ---- */

/* How large the volume of a tensor is drawn, and what is written at it. @largest: the longest
 * spatial axis in the model; @few: up to so many channels are drawn one by one. */
void tn_volume_measure (TnVolumes *self, TnVolume *volume, const TnFacts *facts, TnRef ref,
                        gint64 largest, guint few);
/* The longest spatial axis of a tensor, or 1. */
gint64 tn_volume_spatial (const TnNode *node, const TnShape *shape);

/* ---- tn-volumes-layout.c ---- */

/* Gives volumes, arcs and frames their places, once all are measured. */
void tn_volumes_place (TnVolumes *self, const TnGraph *graph);

/* The front of a volume on the paper: corner, width, height; and how far back it goes. */
TnRect tn_volume_front (const TnVolumes *self, const TnVolume *volume, double *deep);
/* All of it, with nothing that is written at it. */
TnRect tn_volume_body (const TnVolumes *self, const TnVolume *volume);
/* Where wires come in and go out. */
TnPoint tn_volume_entry (const TnVolumes *self, const TnVolume *volume);
TnPoint tn_volume_exit (const TnVolumes *self, const TnVolume *volume);
/* Where arcs begin and end: the middle of the side away from the texts. */
TnPoint tn_volume_crown (const TnVolumes *self, const TnVolume *volume, double shift);

G_END_DECLS
