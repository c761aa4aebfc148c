# The numbers of CaptumTests.swift: python3 reference_explanations.py, with torch 2.13 and captum 0.9.
import torch
from torch import nn
from captum.attr import (IntegratedGradients, LRP, LayerGradCam, Occlusion, Saliency, InputXGradient)
from captum.attr._utils.lrp_rules import EpsilonRule, GammaRule, Alpha1_Beta0_Rule


def wave(shape, scale, phase):
    count = torch.Size(shape).numel()
    return (torch.sin(torch.arange(count, dtype=torch.float64) * 0.7 + phase) * scale).float().reshape(shape)


conv, linear = nn.Conv2d(1, 2, 3, padding=1), nn.Linear(8, 3)
conv.weight.data = wave([3, 3, 1, 2], 0.5, 0.3).permute(3, 2, 0, 1).contiguous()
conv.bias.data = wave([2], 0.2, 0.5)
# rows are [height, width, channels] in Lockstep and [channels, height, width] here
linear.weight.data = wave([2, 2, 2, 3], 0.6, 0.1).permute(3, 2, 0, 1).reshape(3, 8).contiguous()
linear.bias.data = wave([3], 0.1, 0.9)
model = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), linear).eval()
x = (wave([4, 4], 1, 0.2).abs() + 0.1).reshape(1, 1, 4, 4)


def show(name, values):
    print(name, [float("%.7g" % v) for v in values.detach().reshape(-1).tolist()])


show("outputs", model(x))
show("saliency", Saliency(model).attribute(x.clone().requires_grad_(), target=1))
show("input x gradient", InputXGradient(model).attribute(x.clone().requires_grad_(), target=1))
show("integrated gradients", IntegratedGradients(model).attribute(x, target=1, n_steps=20))
show("integrated gradients of 0.5", IntegratedGradients(model).attribute(x, baselines=0.5, target=1, n_steps=20))
show("grad-cam", LayerGradCam(model, conv).attribute(x, target=1, relu_attributions=True))
show("occlusion", Occlusion(model).attribute(x, (1, 2, 2), strides=(1, 1, 1), target=1, baselines=0))
for name, rule in [("epsilon", lambda: EpsilonRule(epsilon=0.01)), ("gamma", lambda: GammaRule(gamma=0.25)),
                   ("alpha1 beta0", Alpha1_Beta0_Rule)]:
    conv.rule, linear.rule, model[3].rule = rule(), rule(), EpsilonRule()  # Captum has none for Flatten
    show("lrp " + name, LRP(model).attribute(x.clone(), target=1))
