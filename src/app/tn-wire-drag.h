/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a wire that is being drawn, shared by the files of the wire tool. */
#pragma once

#include "app/tn-outlook.h"
#include "infer/tn-trial.h"

G_BEGIN_DECLS

typedef struct
{
  TnCanvas *canvas; /* borrowed */

  /* The end that stays: an output that looks for an input, or the reverse. */
  gboolean from_output;
  TnRef from;
  TnNodeId to;
  guint call, slot;

  TnHit old;   /* the wire whose end was taken hold of, or TN_HIT_NOTHING */
  TnHit press; /* what was pressed */
  double press_x, press_y;
  gboolean moved; /* beyond a click */

  double x, y;      /* where the moving end is, document units */
  TnHit target;     /* what it would be joined to, or TN_HIT_NOTHING */
  gboolean joining; /* Shift: what the target's input has already is to stay */
  char *refusal;    /* why it cannot be joined to what is under it; NULL: nothing there */

  TnTrial *trial;             /* owned; asked about ports */
  const TnGraph *trial_graph; /* borrowed, only compared */
  guint tick;                 /* nonzero while ports are yet to be asked about */

  TnOutlook outlook; /* the model that there would be, none without a target */
  /* state: what that is about */
  const TnGraph *next_base; /* borrowed, only compared */
  TnHit next_target;
  gboolean next_joining;
} TnWireDrag;

/* ---- tn-wire-ports.c ---- */

typedef void (*TnPortFunc) (const TnHit *port, double x, double y, gpointer user_data);

/* All ports of @node that the moving end could mean, allowed or not. */
void tn_wire_each_port (const TnWireDrag *wire, const TnNode *node, TnPortFunc function,
                        gpointer user_data);
/* What joining it to @port would be. @reason (may be NULL): new string or NULL. */
TnFit tn_wire_fit (TnWireDrag *wire, const TnHit *port, char **reason);
/* Sees to it that all ports in view get asked about, a few in each frame. */
void tn_wire_ask_ports (TnWireDrag *wire);
/* A sign at every port in view. */
void tn_wire_draw_ports (const TnWireDrag *wire, cairo_t *cr);
void tn_wire_forget_ports (TnWireDrag *wire);

/* ---- tn-wire-forecast.c ---- */

/* What is wired to the target already and would have to give way; node TN_NODE_NONE: nothing. */
TnRef tn_wire_occupant (const TnWireDrag *wire);
/* Does the edit that letting go would be. */
void tn_wire_join (TnWireDrag *wire);
/* Finds out what would follow of the target, at once or in the background, and tells it at the
 * pointer. */
void tn_wire_foresee (TnWireDrag *wire);
void tn_wire_forget_forecast (TnWireDrag *wire);

G_END_DECLS
